/** What a word counts, by the most important field that it stands in. */
export const fieldWeights = { title: 10, tags: 6, people: 5, channel: 4, description: 1 } as const;

const ofViews = 0.3;
const ofFreshness = 1;
const halvedAfterDays = 30;
const dayMilliseconds = 86_400_000;

/**
 * How well a video fits: the mean of what its words count (1 to 10), 0.3 for each power of ten of its views, and 1 for a
 * new one, halved every 30 days. So a word in the title outweighs any number of views.
 */
export function scoreOf(weights: number[], views: number, publishedAt: Date, now: Date): number {
  const text = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const days = (now.getTime() - publishedAt.getTime()) / dayMilliseconds;
  return text + ofViews * Math.log10(views + 1) + ofFreshness * 2 ** (-days / halvedAfterDays);
}

/** The same as an expression of MongoDB over a row of the index; a word is any of its forms. */
export function scoreExpression(words: string[][], now: Date): object {
  const { title, tags, people, channel } = fieldWeights;
  const fields: [end: string | number, weight: number][] = [
    [0, 0],
    ...([
      ['$ends.title', title],
      ['$ends.tags', tags],
    ] as [string, number][]),
    ...([
      ['$ends.people', people],
      ['$ends.channel', channel],
    ] as [string, number][]),
  ];
  const weightOf = (form: string) => ({
    $let: {
      vars: { at: { $indexOfArray: ['$terms', { $literal: form }] } },
      in: fields.reduceRight<object | number>(
        (further, [end, weight]) => ({ $cond: [{ $lt: ['$$at', end] }, weight, further] }),
        fieldWeights.description,
      ),
    },
  });
  const weights = words.map((forms) =>
    forms.length === 1 ? weightOf(forms[0] ?? '') : { $max: forms.map(weightOf) },
  );
  const halvings = { $divide: [{ $subtract: ['$publishedAt', now] }, halvedAfterDays * dayMilliseconds] };
  return {
    $add: [
      { $divide: [{ $add: weights }, weights.length] },
      { $multiply: [ofViews, { $log10: { $add: ['$views', 1] } }] },
      { $multiply: [ofFreshness, { $pow: [2, halvings] }] },
    ],
  };
}
