import { connectDb } from '../../../shared/db/connect.ts';
import type { System } from '../../local/system.ts';
import type { BenchContext } from '../figure.ts';
import { seedTrending } from '../sides/seed-trending.ts';

const listed = 20;

type ServedList = { system: System; trendingUrl: string; videoUrl: string };

/** An api without workers that has a region's list, with limits that count but never end. */
export async function serveList({ startSystem }: Pick<BenchContext, 'startSystem'>): Promise<ServedList> {
  const plenty = ['sign-in', 'rest'].map((name) => `${name}=1000000000/60`).join(',');
  const system = await startSystem({ workers: [], env: { RATE_LIMITS: plenty } });
  const db = await connectDb(system.env.MONGO_URL ?? '');
  await seedTrending(db, 'GB', listed);
  await db.close();
  const trendingUrl = `${system.url}/api/trending/GB`;
  const { videos } = (await (await fetch(trendingUrl)).json()) as { videos: { videoId: string }[] };
  if (videos.length !== listed) throw new Error(`${videos.length} videos are listed instead of ${listed}.`);
  return { system, trendingUrl, videoUrl: `${system.url}/api/videos/${videos[0]?.videoId}` };
}
