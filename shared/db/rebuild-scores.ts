import type { ClientSession, Connection } from 'mongoose';
import { halfLives, leastHeat, weights } from '../trending-score.ts';
import { removeScores } from './remove-scores.ts';

/**
 * How hot one video is in one region, and the events it comes of: those since it was last without a score. `_id` is
 * `{region}-{videoId}`.
 */
export type Score = {
  _id: string;
  region: string;
  /** Undefined where heat is owed. */
  hotness?: number;
  owed?: number;
  /** Grows with what is counted while the scores are made anew; where it is, the hourly counts know better. */
  stale?: number;
  /** Below 0 where more was taken back than given since. */
  views: number;
  likes: number;
  comments: number;
};

/** Of events that are older nothing is left that could be told from none: 2^-60 of their weight. */
const halfLivesBack = 60;
const hourMilliseconds = 3_600_000;
/** Of ten million hourly counts it takes a minute or so. */
const mostMilliseconds = 1_800_000;

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
 * The stages that make the heats at a time of all hourly counts of some regions, of some videos or all:
 * `{_id: {region, videoId}, heat, views, likes, comments}`.
 */
export function heatStages(regions: string[], halfLifeHours: number, at: Date, videoIds?: string[]) {
  const halfLife = halfLifeHours * hourMilliseconds;
  const age = { $divide: [{ $subtract: ['$hour', at] }, halfLife] };
  const sum = (field: string) => ({ $sum: { $ifNull: [field, 0] } });
  return [
    {
      $match: {
        ...(videoIds && { videoId: { $in: videoIds } }),
        region: { $in: regions },
        hour: { $gte: new Date(at.getTime() - halfLivesBack * halfLife) },
      },
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

/** The stages that make scores of heats, without those that are cold. */
function scoreStages(halfLifeHours: number, at: Date) {
  const amount = { $abs: '$heat' };
  const log = { $add: [{ $log: [amount, 2] }, halfLives(at.getTime(), halfLifeHours)] };
  return [
    { $match: { $expr: { $gte: [amount, leastHeat] } } },
    {
      $project: {
        _id: { $concat: ['$_id.region', '-', '$_id.videoId'] },
        region: '$_id.region',
        hotness: { $cond: [{ $gt: ['$heat', 0] }, log, '$$REMOVE'] },
        owed: { $cond: [{ $lt: ['$heat', 0] }, log, '$$REMOVE'] },
        ...{ views: 1, likes: 1, comments: 1 },
      },
    },
  ];
}

/** `settle` brings what is logged to the hourly counts. */
type Rebuilding = { regions: string[]; halfLifeHours: number; at: Date; settle: () => Promise<void> };

/**
 * Makes the scores of some regions anew from all their hourly counts; within MongoDB, as these may be millions. It may
 * be done again. Marks that scores get meanwhile stay: what was counted then may be in them or not.
 */
export async function rebuildScores(
  connection: Connection,
  { regions, halfLifeHours, at, settle }: Rebuilding,
): Promise<void> {
  await removeScores(connection, regions);
  // Whoever logs from here on marks a score that nobody deletes any more.
  await settle();
  const stages = [
    ...heatStages(regions, halfLifeHours, at),
    ...scoreStages(halfLifeHours, at),
    { $merge: { into: 'trending_scores', whenMatched: 'merge', whenNotMatched: 'insert' } },
  ];
  await connection
    .collection('view_buckets')
    .aggregate(stages, { allowDiskUse: true, maxTimeMS: mostMilliseconds })
    .toArray();
}

/**
 * Makes some scores of a region anew of their hourly counts, as they are in this transaction. Who counts something of
 * one of them meanwhile writes to its row, too: then one of the two begins again.
 */
export async function remakeScores(
  connection: Connection,
  { region, videoIds, halfLifeHours }: { region: string; videoIds: string[]; halfLifeHours: number },
  session: ClientSession,
): Promise<void> {
  const at = new Date();
  const stages = [...heatStages([region], halfLifeHours, at, videoIds), ...scoreStages(halfLifeHours, at)];
  const made = await connection.collection('view_buckets').aggregate<Score>(stages, { session }).toArray();
  const byId = new Map(made.map((score) => [score._id, score]));
  const operations = videoIds.map((videoId) => {
    const filter = { _id: `${region}-${videoId}` };
    const replacement = byId.get(filter._id);
    return replacement ? { replaceOne: { filter, replacement } } : { deleteOne: { filter } };
  });
  await connection.collection<Score>('trending_scores').bulkWrite(operations, { session, ordered: false });
}
