import type { mongo } from 'mongoose';
import { heatStages } from '../../../shared/db/rebuild-scores.ts';

/** The hottest of each region by one aggregation over all hourly counts: what a run would do that keeps no scores. */
export async function rankPlainly(
  mongo: mongo.Db,
  regions: string[],
  halfLifeHours: number,
  at: Date,
  places: number,
): Promise<Map<string, string[]>> {
  const hottest = { n: places, sortBy: { heat: -1 }, output: '$_id.videoId' };
  const found = await mongo
    .collection('view_buckets')
    .aggregate<{ _id: string; videoIds: string[] }>(
      [
        ...heatStages(regions, halfLifeHours, at),
        { $match: { views: { $gte: 3 } } },
        { $group: { _id: '$_id.region', videoIds: { $topN: hottest } } },
      ],
      { allowDiskUse: true },
    )
    .toArray();
  return new Map(found.map(({ _id, videoIds }) => [_id, videoIds]));
}
