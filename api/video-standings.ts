import type { z } from 'zod';
import type { videoTrending } from '../shared/contracts/trending.ts';
import type { Video } from '../shared/db/video-record.ts';
import type { ApiContext } from './context.ts';
import { presentStanding } from './present-trending.ts';
import type { Standing } from './trending-list.ts';

const hidden = 'Not ranked: only what everyone may see and play has ranks.';

/** Where one video stands in each region by the last run, and why; what has been hidden since stands nowhere. */
export async function readStandings(
  { db, config }: ApiContext,
  video: Video,
): Promise<z.infer<typeof videoTrending>> {
  const run = await db.rankings.lastRun();
  const at = run?.computedAt ?? new Date();
  const { REGIONS, TRENDING_MINIMUM_VIEWS: minimumViews } = config;
  const [places, hours, shown] = await Promise.all([
    run ? db.rankings.placesOf(run._id, video._id, REGIONS) : new Map(),
    db.trending.halfLives(REGIONS),
    db.trendingVideos.candidates([video._id]),
  ]);
  const regions = REGIONS.map(async (region) => {
    const halfLifeHours = hours.get(region) ?? 0;
    const isHere = video.regions.length === 0 || video.regions.includes(region);
    const refusal = shown.has(video._id)
      ? isHere
        ? undefined
        : `Not ranked in ${region}: the video is not for this region.`
      : hidden;
    const place = refusal === undefined ? places.get(region) : undefined;
    const standing = place ?? (await unranked());
    const about = { region, at, halfLifeHours, minimumViews };
    return { region, ...presentStanding(standing, video, about, refusal) };

    async function unranked(): Promise<Standing> {
      const [score] = await db.trending.scoresOf(region, [video._id], at);
      const { heat = 0, views = 0, likes = 0, comments = 0 } = score ?? {};
      return { rank: null, formerRank: null, basis: null, score: heat, views, likes, comments };
    }
  });
  return {
    videoId: video._id,
    computedAt: run?.computedAt.toISOString() ?? null,
    regions: await Promise.all(regions),
  };
}
