import type { FrameRate, FrameSpan } from '../../shared/contracts/encoding.ts';
import { framesPerSecond } from './frame-rate.ts';

const gopSeconds = 2;
const gopsPerSegment = 3;
/** A video is cut into about this many chunks at most, of at most `longestChunk` segments each. */
const mostChunks = 24;
const longestChunk = 5;

export type Grid = { gopFrames: number; segmentFrames: number };

/** Key frames every 2 s and segments of 6 s, counted in whole frames, so that every cut is exact at any rate. */
export function planGrid(rate: FrameRate): Grid {
  const gopFrames = Math.max(1, Math.round(gopSeconds * framesPerSecond(rate)));
  return { gopFrames, segmentFrames: gopFrames * gopsPerSegment };
}

/**
 * Cuts [0, frameCount) into chunks of whole segments. The first is one segment long, so that a long video can be
 * watched as early as a short one.
 */
export function planChunks(frameCount: number, { gopFrames, segmentFrames }: Grid): FrameSpan[] {
  const segments = Math.ceil(frameCount / segmentFrames);
  const length = Math.min(longestChunk, Math.max(1, Math.ceil(segments / mostChunks)));
  const chunks: FrameSpan[] = [];
  for (let from = 0; from < segments; ) {
    const to = from === 0 ? 1 : from + length;
    chunks.push({ startFrame: from * segmentFrames, endFrame: Math.min(to * segmentFrames, frameCount) });
    from = to;
  }
  return withoutShortTail(chunks, gopFrames);
}

/**
 * A few frames at the end go with the chunk before: alone the encoder would have too few to reorder, and its init
 * segment would not be that of the others.
 */
function withoutShortTail(chunks: FrameSpan[], gopFrames: number): FrameSpan[] {
  const last = chunks.at(-1);
  const before = chunks.at(-2);
  if (!last || !before || last.endFrame - last.startFrame >= gopFrames) return chunks;
  return [...chunks.slice(0, -2), { startFrame: before.startFrame, endFrame: last.endFrame }];
}
