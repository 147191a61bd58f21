import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../client.ts';

/** Two regions that do not agree: the first video leads in the first, the last one in the second. */
const regions = ['GB', 'US'] as const;
const mostViews = 12;
/** With fewer a video has no rank. */
const leastViews = 3;
const rankedWithin = 60_000;

export type Ranks = Record<string, { rank: number; videoId: string }[]>;

/** How often the video at `index` of `count` is watched from a region. */
export function viewsOf(region: (typeof regions)[number], index: number, count: number): number {
  const place = region === 'GB' ? index : count - 1 - index;
  const most = region === 'GB' ? mostViews : mostViews / 2;
  return Math.max(leastViews, most - place);
}

/** @returns a sentence that tells how many views were sent. */
export async function sendViews(client: Client, videoIds: string[]): Promise<string> {
  const sent: string[] = [];
  for (const region of regions) {
    let views = 0;
    for (const [index, videoId] of videoIds.entries()) {
      const count = viewsOf(region, index, videoIds.length);
      for (let view = 0; view < count; view += 1) await client.view(videoId, region);
      views += count;
    }
    sent.push(`${views} views from ${region}`);
  }
  return `Sent ${sent.join(' and ')}; waiting for the ranks.`;
}

/** Asks until every video has a rank in both regions. After a minute it gives the ranks that there are. */
export async function waitForRanks(client: Client, videoIds: string[]): Promise<Ranks> {
  const until = Date.now() + rankedWithin;
  for (;;) {
    const ranks = await readRanks(client);
    if (isRanked(ranks, videoIds) || Date.now() > until) return ranks;
    await sleep(250);
  }
}

export function isRanked(ranks: Ranks, videoIds: string[]): boolean {
  return regions.every((region) => {
    const ranked = new Set(ranks[region]?.map(({ videoId }) => videoId));
    return videoIds.every((videoId) => ranked.has(videoId));
  });
}

async function readRanks(client: Client): Promise<Ranks> {
  const ranks: Ranks = {};
  for (const region of regions) {
    const { videos } = await client.trending(region, { limit: 100 });
    ranks[region] = videos.flatMap(({ rank, videoId }) => (rank === null ? [] : [{ rank, videoId }]));
  }
  return ranks;
}
