import type { z } from 'zod';
import { searchPage, searchQuery, suggestions, suggestQuery } from '../../shared/contracts/search.ts';
import type { SearchFilter } from '../../shared/db/search-find.ts';
import type { ListedVideo } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { wordsOf } from '../../shared/search/fold.ts';
import { highlight, hitsOf, snippet, type Wanted } from '../../shared/search/highlight.ts';
import { parseQuery, type SearchQuery } from '../../shared/search/parse-query.ts';
import { knownCategories, withThoseBelow } from '../known-category.ts';
import { misfit } from '../misfit.ts';
import { presentSummary } from '../present.ts';
import { route } from '../route.ts';

const tag = 'Search';

/** Seconds, from the first on and below the second. */
const durations = { short: [0, 240], medium: [240, 1200], long: [1200, Number.POSITIVE_INFINITY] } as const;
const hour = 3_600_000;
const ages = { hour, day: 24 * hour, week: 7 * 24 * hour, month: 30 * 24 * hour, year: 365 * 24 * hour };

export const searchRoutes = [
  route({
    method: 'get',
    path: '/api/search',
    tag,
    summary: 'Videos by words in their title, tags, people, channel and description',
    description:
      'Of what everyone may see. Capital letters and accents do not matter, nor do the endings of words in the languages ' +
      'that have rules for them. All words must be there, wherever; the title counts most. Nothing in `q` is a pattern.',
    action: 'search.use',
    limit: 'search',
    hotSeconds: 0,
    query: searchQuery,
    replies: { 200: { description: 'One page, and what all pages hold', schema: searchPage } },
    errors: ['unknown_region', 'unknown_category'],
    async handle({ query, context }) {
      const { db, config, publicUrl } = context;
      const { region, page, perPage } = query;
      if (region !== undefined && !config.REGIONS.includes(region)) {
        throw new MillraceError('unknown_region', `Known regions are ${config.REGIONS.join(', ')}.`);
      }
      const categories =
        query.category === undefined ? undefined : await knownCategories(query.category, context);
      const asked = parseQuery(query.q);
      if (asked.words.length === 0) throw wordless(asked);
      const order = { order: query.sort, page, perPage };
      const found = await db.search.find(asked, { ...filterOf(query), categories }, order);
      const { items, total, language } = found;
      const category = await withThoseBelow(found.category, context);
      const wanted = hitsOf(asked);
      return {
        status: 200,
        body: {
          items: items.map((item) => presentHit(item, wanted, publicUrl)),
          ...{ total, page, perPage, facets: { category, language } },
        },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/search/suggest',
    tag,
    summary: 'Titles for what somebody is typing',
    description: 'Titles that have every word of `q`, of which the last may only have begun.',
    action: 'search.use',
    limit: 'suggest',
    // Most people's words begin alike.
    hotSeconds: 1,
    query: suggestQuery,
    replies: { 200: { description: 'Ten titles at most', schema: suggestions } },
    errors: [],
    async handle({ query, context }) {
      const words = wordsOf(query.q);
      if (words.length === 0) throw wordless();
      const found = await context.db.search.suggest(words, query.language);
      const items = found.map(({ videoId, title }) => ({ text: title, kind: 'title', videoId }));
      return { status: 200, body: { items, nextCursor: null } };
    },
  }),
];

function filterOf({ region, language, duration, uploaded }: z.infer<typeof searchQuery>): SearchFilter {
  return {
    region,
    language,
    seconds: duration && [...durations[duration]],
    publishedFrom: uploaded && new Date(Date.now() - ages[uploaded]),
  };
}

function wordless(asked?: SearchQuery): MillraceError {
  const message = asked?.without.length
    ? 'must have a word that is looked for, beside those that must not be there'
    : 'must have a word: a letter or a digit';
  return misfit('q', message);
}

function presentHit(
  video: ListedVideo,
  wanted: Wanted,
  publicUrl: string,
): z.infer<typeof searchPage>['items'][number] {
  return {
    ...presentSummary(video, publicUrl),
    highlights: {
      title: highlight(video.title, video.language, wanted),
      description: snippet(video.description, video.language, wanted),
    },
  };
}
