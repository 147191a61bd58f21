import { stemmedLanguages, termOf } from './stems.ts';

/** What a word counts, by the most important field that it stands in. */
const fieldWeights = { title: 10, tags: 6, people: 5, channel: 4, description: 1 } as const;

const ofViews = 0.3;
const ofFreshness = 1;
const halvedAfterDays = 30;
const dayMilliseconds = 86_400_000;

/**
 * How well a video fits: the mean of what its words count (1 to 10), 0.3 for each power of ten of its views, and 1 for
 * a new one, halved every 30 days. So a word in the title outweighs any number of views. It is an expression of MongoDB
 * over a row of the index that has all of these folded words. In the language of the row a word has one form, so no
 * other is looked for.
 */
export function scoreExpression(words: string[], now: Date): object {
  const { title, tags, people, channel, description } = fieldWeights;
  const ends: [end: string, weight: number][] = [
    ['$ends.title', title],
    ['$ends.tags', tags],
    ['$ends.people', people],
    ['$ends.channel', channel],
  ];
  const byPlace = ends.reduceRight<object | number>(
    (further, [end, weight]) => ({ $cond: [{ $lt: ['$$at', end] }, weight, further] }),
    description,
  );
  const weightOf = (word: string) => {
    // What is not found in a list is at -1, which is its end: there is the form of all other languages.
    const forms = [...stemmedLanguages, null].map((language) => termOf(word, language));
    const form = { $arrayElemAt: [{ $literal: forms }, '$$language'] };
    return { $let: { vars: { at: { $indexOfArray: ['$terms', form] } }, in: byPlace } };
  };
  const halvings = { $divide: [{ $subtract: ['$publishedAt', now] }, halvedAfterDays * dayMilliseconds] };
  return {
    $let: {
      vars: { language: { $indexOfArray: [{ $literal: stemmedLanguages }, '$language'] } },
      in: {
        $add: [
          { $divide: [{ $add: words.map(weightOf) }, words.length] },
          { $multiply: [ofViews, { $log10: { $add: ['$views', 1] } }] },
          { $multiply: [ofFreshness, { $pow: [2, halvings] }] },
        ],
      },
    },
  };
}
