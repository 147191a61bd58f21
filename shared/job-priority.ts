import type { QueueName } from './queue-names.ts';

/** What an owner has uploaded counts for so long. */
export const recentSeconds = 24 * 3600;

/** How many uploads count: who has more waits no longer. */
export const mostRecent = 1000;

/**
 * Of the jobs of a queue the one with the lowest runs first. It is how many uploads the owner had begun in the day
 * before this video, so those of one owner go in order, and somebody's first goes before another's second.
 */
function jobPriority(recentUploads: number): number {
  return Math.min(Math.max(recentUploads, 1), mostRecent);
}

/**
 * The first chunk of every video goes before all others, so that each can be watched early; a video's chunks go in
 * order.
 */
export function encodePriority(chunk: number, recentUploads: number): number {
  const turn = jobPriority(recentUploads);
  return chunk === 0 ? turn : turn * 1000 + Math.min(chunk, 999);
}

export function priorityOf(queue: QueueName, payload: object, recentUploads: number): number {
  return queue === 'encode' && 'chunk' in payload
    ? encodePriority(Number(payload.chunk), recentUploads)
    : jobPriority(recentUploads);
}
