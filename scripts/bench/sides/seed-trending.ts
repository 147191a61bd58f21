import type { Db, DbSession } from '../../../shared/db/connect.ts';
import { newId } from '../../../shared/ids.ts';
import { usualHalfLifeHours } from '../../../shared/trending-score.ts';
import type { VideoState } from '../../../shared/video-state.ts';

const steps: VideoState[] = ['uploaded', 'probing', 'encoding', 'publishing', 'ready'];

/** Writes ready public videos and their ranks in a region by the queries that the workers use. */
export async function seedTrending(db: Db, region: string, count: number): Promise<void> {
  const videoIds = Array.from({ length: count }, newId);
  for (const [index, id] of videoIds.entries())
    await db.transaction((session) => seedVideo(db, id, index, session));
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  const counts = videoIds.map((videoId, index) => {
    const views = 1000 - index;
    return { videoId, region, hour, views, watchSeconds: 0, watchShare: views, likes: 0, comments: 0 };
  });
  await db.trending.useHalfLives(new Map([[region, usualHalfLifeHours]]), async () => undefined);
  await db.transaction((session) => db.trending.addScores(counts, session));
  const now = new Date();
  const hottest = await db.trending.hottest(region, count, now, usualHalfLifeHours);
  const ranked = hottest.map(({ heat, ...counted }, index) => ({
    ...counted,
    ...{ rank: index + 1, formerRank: null, basis: 'region' as const, score: heat },
  }));
  const ranking = { region, category: '', halfLifeHours: usualHalfLifeHours, ranked };
  await db.rankings.save(newId(), [ranking], now, now);
}

export async function seedVideo(db: Db, _id: string, index: number, session: DbSession): Promise<void> {
  await db.videos.create(
    {
      ...{ _id, ownerId: newId(), title: `A day at the Neiße, part ${index + 1}`, category: 'nature' },
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
