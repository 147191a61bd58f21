import type { Db, DbSession } from '../../../shared/db/connect.ts';
import { newId } from '../../../shared/ids.ts';
import type { VideoState } from '../../../shared/video-state.ts';

const steps: VideoState[] = ['uploaded', 'probing', 'encoding', 'publishing', 'ready'];

/** Writes ready public videos and their ranks in a region by the queries that the workers use. */
export async function seedTrending(db: Db, region: string, count: number): Promise<void> {
  const videoIds = Array.from({ length: count }, newId);
  for (const [index, id] of videoIds.entries())
    await db.transaction((session) => seedVideo(db, id, index, session));
  const counts = videoIds.map((videoId, index) => ({ videoId, region, views: 1000 - index }));
  const now = new Date();
  await db.transaction((session) => db.trending.addViews(counts, now, session));
  const hottest = await db.trending.hottest(region, count);
  const ranked = hottest.map(({ videoId, hotness, views }, index) => ({
    videoId,
    rank: index + 1,
    hotness,
    views,
  }));
  await db.trending.saveRanking(region, ranked, now);
}

export async function seedVideo(db: Db, _id: string, index: number, session: DbSession): Promise<void> {
  await db.videos.create(
    {
      ...{ _id, ownerId: newId(), title: `A day at the river, part ${index + 1}`, category: 'nature' },
      ...{ description: 'Water, stones and a heron that will not be hurried.', tags: ['river', 'heron'] },
      ...{ language: 'en', visibility: 'public', source: { key: `videos/${_id}`, bytes: 1, etag: 'x' } },
    },
    session,
  );
  for (const state of steps) {
    const change = state === 'ready' ? { activeGeneration: 1, durationSeconds: 60, hasPoster: true } : {};
    if (!(await db.videos.move({ videoId: _id, generation: 1 }, state, change, session))) {
      throw new Error(`A seeded video did not become ${state}.`);
    }
  }
}
