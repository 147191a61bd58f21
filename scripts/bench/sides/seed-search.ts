import { createConnection } from 'mongoose';
import { connectDb } from '../../../shared/db/connect.ts';
import type { Video } from '../../../shared/db/video-record.ts';
import { newId } from '../../../shared/ids.ts';
import { chooseCommon, isPair, leastRows } from '../../../shared/search/pairs.ts';
import { type SearchRow, searchRowOf } from '../../../shared/search/search-row.ts';
import { randomFrom, titleMaker } from '../tools/titles.ts';
import { growCache, untilQuiet } from './mongo-server.ts';

const batch = 5000;
const categories = ['nature', 'music', 'sport', 'news', 'film', 'games', 'travel', 'science', 'food', 'art'];

/**
 * Writes so many ready public videos, and what search knows of them, as the workers would: rows by the same function,
 * terms, words and pairs by the same functions, in larger batches. Their indexes are made afterwards, as that is
 * faster; of the videos only the one by id, which is all that search uses.
 */
export async function seedSearch(url: string, count: number, note: (line: string) => void): Promise<void> {
  const connection = await createConnection(url).asPromise();
  const videos = connection.collection<Video>('videos');
  const rows = connection.collection<SearchRow>('search_rows');
  await growCache(connection);
  const db = await connectDb(url);
  await videos.dropIndexes();
  await rows.dropIndexes();

  const { edition, chosen } = { edition: 1, chosen: commonOf(count) };
  const common = { edition, terms: new Set(chosen) };
  const since = new Date(0);
  await connection
    .collection<{ _id: string }>('search_pairs')
    .insertOne({ _id: 'common', ...{ edition, terms: chosen, since, isUsed: false } });
  note(`${chosen.length} common terms`);

  const next = videoMaker();
  const terms = new Map<string, number>();
  const best = new Map<string, number>();
  for (let at = 0; at < count; at += batch) {
    const some = Array.from({ length: Math.min(batch, count - at) }, next);
    const made = some.map((video) => searchRowOf(video, [], common));
    for (const row of made) {
      for (const term of row.terms) if (!isPair(term)) terms.set(term, (terms.get(term) ?? 0) + 1);
      for (const word of row.heads) best.set(word, Math.max(best.get(word) ?? 0, row.views));
    }
    await Promise.all([
      videos.insertMany(some, { ordered: false, writeConcern: { w: 1 } }),
      rows.insertMany(made, { ordered: false, writeConcern: { w: 1 } }),
    ]);
    if ((at / batch) % 20 === 19) note(`${at + batch} videos`);
  }
  await db.search.addTerms(terms);
  await db.search.addWords(best);
  await rows.createIndexes([
    { key: { terms: 1 } },
    { key: { edition: 1 } },
    { key: { heads: 1, views: -1 } },
  ]);
  await db.search.usePairs();
  note(`${count} videos, ${terms.size} terms, ${best.size} words in titles`);
  await db.close();
  note(`MongoDB was quiet after ${(await untilQuiet(connection)).toFixed(0)} s`);
  await connection.close();
}

/** What `choosePairs` would choose, had it the rows. */
function commonOf(count: number): string[] {
  const next = videoMaker();
  const counts = new Map<string, number>();
  for (let n = 0; n < count; n += 1) {
    for (const term of searchRowOf(next()).terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const counted = [...counts].map(([_id, rows]) => ({ _id, rows })).filter(({ rows }) => rows >= leastRows);
  return chooseCommon(counted, count);
}

/** The same videos each time, but for their ids. */
function videoMaker(): () => Video {
  const nextTitle = titleMaker(7);
  const random = randomFrom(11);
  return () => videoOf(nextTitle(), random);
}

type Made = { title: string; language: string };

function videoOf({ title, language }: Made, random: () => number): Video {
  const now = new Date();
  const publishedAt = new Date(now.getTime() - random() * 3 * 365 * 86_400_000);
  const pick = <T>(from: T[]): T => from[Math.floor(random() * from.length)] as T;
  return {
    ...{ _id: newId(), ownerId: newId(), ownerStatus: null, ownerRevision: 0, title, language },
    ...{ description: '', channelTitle: `Channel ${Math.floor(random() * 50_000)}`, tags: [] },
    ...{ category: pick(categories), visibility: 'public', minimumAge: null, publishedAt },
    regions: random() < 0.8 ? [] : ['GB', 'US', 'DE'],
    ...{ commentsOff: false, takenDown: null, outside: null, likes: 0, comments: 0, revision: 1 },
    views: Math.floor(1_000_000 * random() ** 8),
    ...{ state: 'ready', heardAt: now, history: [], generation: 1, activeGeneration: 1, resumes: 0 },
    ...{ copyRefused: false, failure: null, warnings: [], profile: null, plan: null, renditions: [] },
    ...{ source: { key: 'none', bytes: 1, etag: 'x' }, audio: [], durationSeconds: random() * 3000 },
    ...{ hasPoster: true, previews: [], storyboard: null, createdAt: publishedAt },
    ...{ uploadedAt: publishedAt, playableAt: publishedAt, readyAt: publishedAt, purgedAt: now },
  };
}
