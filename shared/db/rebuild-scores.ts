import type { Connection } from 'mongoose';
import { halfLives, leastHeat, weights } from '../trending-score.ts';

/** Of events that are older nothing is left that could be told from none: 2^-60 of their weight. */
const halfLivesBack = 60;
const hourMilliseconds = 3_600_000;

/** The weight of an hour's counts, in MongoDB's words; see `weightOf`. */
const weight = {
  $add: [
    { $multiply: [weights.view, '$views'] },
    { $multiply: [weights.wholeView - weights.view, { $ifNull: ['$watchShare', 0] }] },
    { $multiply: [weights.like, { $ifNull: ['$likes', 0] }] },
    { $multiply: [weights.comment, { $ifNull: ['$comments', 0] }] },
  ],
};

/**
 * The stages that make the heats at a time of all hourly counts of some regions:
 * `{_id: {region, videoId}, heat, views, likes, comments}`.
 */
export function heatStages(regions: string[], halfLifeHours: number, at: Date) {
  const halfLife = halfLifeHours * hourMilliseconds;
  const age = { $divide: [{ $subtract: ['$hour', at] }, halfLife] };
  const sum = (field: string) => ({ $sum: { $ifNull: [field, 0] } });
  return [
    {
      $match: { region: { $in: regions }, hour: { $gte: new Date(at.getTime() - halfLivesBack * halfLife) } },
    },
    {
      $group: {
        _id: { region: '$region', videoId: '$videoId' },
        heat: { $sum: { $multiply: [weight, { $pow: [2, age] }] } },
        ...{ views: sum('$views'), likes: sum('$likes'), comments: sum('$comments') },
      },
    },
  ];
}

/**
 * Makes the scores of some regions anew from all their hourly counts; within MongoDB, as these may be millions. It fails
 * when a fold adds a score meanwhile, and may then be done again.
 */
export async function rebuildScores(
  connection: Connection,
  regions: string[],
  halfLifeHours: number,
  at: Date,
): Promise<void> {
  await connection.collection('trending_scores').deleteMany({ region: { $in: regions } });
  const stages = [
    ...heatStages(regions, halfLifeHours, at),
    { $match: { heat: { $gte: leastHeat } } },
    {
      $project: {
        _id: { $concat: ['$_id.region', '-', '$_id.videoId'] },
        region: '$_id.region',
        hotness: { $add: [{ $log: ['$heat', 2] }, halfLives(at.getTime(), halfLifeHours)] },
        ...{ views: 1, likes: 1, comments: 1 },
      },
    },
    { $merge: { into: 'trending_scores', whenMatched: 'fail', whenNotMatched: 'insert' } },
  ];
  await connection.collection('view_buckets').aggregate(stages, { allowDiskUse: true }).toArray();
}
