import type { FrameRate, FrameSpan } from '../../shared/contracts/encoding.ts';
import { framesPerSecond } from './frame-rate.ts';

const gopSeconds = 2;
const gopsPerSegment = 3;
/** Enough chunks for each slot that none waits long for the last; no more, since each seam costs a little. */
const chunksPerSlot = 4;
const longestChunk = 5;

/** Frames between key frames, about 2 s: whole frames, so that every cut is exact at any rate. */
export function planGop(rate: FrameRate): number {
  return Math.max(1, Math.round(gopSeconds * framesPerSecond(rate)));
}

/** Where segments begin: the first lasts one group, so that playing can begin early, the others three (6 s). */
export function planCuts(frameCount: number, gopFrames: number): number[] {
  const cuts = [0];
  for (let cut = gopFrames; cut < frameCount; cut += gopFrames * gopsPerSegment) cuts.push(cut);
  return cuts;
}

/**
 * Cuts [0, frameCount) into chunks of whole segments for `slots` encoders at work at once. The first is one
 * segment long, so that a long video can be watched as early as a short one, and so is the next for each slot, so
 * that the player does not run dry. The later ones are longer where that leaves enough of them, but none is longer
 * than its slot's share of what is left: else one slot may be at work on the last while the others have nothing
 * to do.
 */
export function planChunks(
  frameCount: number,
  cuts: number[],
  gopFrames: number,
  slots: number,
): FrameSpan[] {
  const length = Math.min(longestChunk, Math.max(1, Math.ceil(cuts.length / (slots * chunksPerSlot))));
  const chunks: FrameSpan[] = [];
  for (let from = 0; from < cuts.length; ) {
    const share = Math.ceil((cuts.length - from) / slots);
    const to = from + (chunks.length <= slots ? 1 : Math.min(length, share));
    chunks.push({ startFrame: cuts[from] ?? 0, endFrame: cuts[to] ?? frameCount });
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

/** The cuts inside a span, counted from its own first frame: where its file is cut into segments. */
export function cutsIn(cuts: number[], { startFrame, endFrame }: FrameSpan): number[] {
  return cuts.filter((cut) => cut >= startFrame && cut < endFrame).map((cut) => cut - startFrame);
}

/** Key frames of an encoded span, counted from its first frame: on every cut, and evenly between them. */
export function keyFramesIn(cuts: number[], span: FrameSpan, gopFrames: number): number[] {
  const length = span.endFrame - span.startFrame;
  const bounds = [...cutsIn(cuts, span), length];
  return bounds.slice(0, -1).flatMap((start, index) => {
    const frames = (bounds[index + 1] ?? length) - start;
    const groups = Math.max(1, Math.ceil(frames / gopFrames));
    return Array.from({ length: groups }, (_, n) => start + Math.round((n * frames) / groups));
  });
}

/** Sound may begin long before the picture: a chunk of that time alone would have nothing to show. */
export function fromFirstPicture(chunks: FrameSpan[], firstFrame: number): FrameSpan[] {
  const at = chunks.findIndex(({ endFrame }) => endFrame > firstFrame);
  const [first, ...others] = chunks.slice(Math.max(0, at));
  return first ? [{ ...first, startFrame: 0 }, ...others] : chunks;
}
