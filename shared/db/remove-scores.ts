import type { Connection } from 'mongoose';
import type { ScoreScales } from './score-scales.ts';

/** As long as making them anew may take. */
const mostMilliseconds = 1_800_000;

/** All scores of some regions, by the index that leads with these. */
export async function removeScores(connection: Connection, regions: string[]): Promise<void> {
  const ofRegions = { region: { $in: regions } };
  await connection.collection('trending_scores').deleteMany(ofRegions, { maxTimeMS: mostMilliseconds });
}

/**
 * Removes the scores of all regions beside these. That there are some is seen in their scales, which are few; the
 * scales go last, so where this is killed the next call does the rest. Regions that are served again get their scores
 * anew, from the hourly counts. Nothing happens while another process makes scores or removes some.
 * @returns the regions where it did
 */
export async function removeUnserved(
  connection: Connection,
  scales: ScoreScales,
  served: string[],
): Promise<string[]> {
  const removed: string[] = [];
  if ((await scales.beside(served)).length === 0) return removed;
  await scales.alone(async (check) => {
    const regions = await scales.beside(served);
    await scales.retire(regions);
    await removeScores(connection, regions);
    await check();
    await scales.forget(regions);
    removed.push(...regions);
  });
  return removed;
}
