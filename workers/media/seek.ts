/** Containers with an index of key frames, where a seek lands on the one that is meant. */
const indexed = /\b(mov|matroska)\b/;
/** Elsewhere a seek lands somewhere near: then it aims this much earlier. */
const aimEarlierSeconds = 0.5;
/** There the rate filter must also see the frame that rounds onto a chunk's first one. */
const leadSeconds = 0.1;
/** A picture that is renewed bit by bit is whole before the next key frame; two leave room. */
const keysEarlier = 2;
/** A key frame at most this share of a frame after the chunk's start is that first frame itself. */
const nearlyExact = 0.25;

/**
 * Where to begin reading a source for what is shown from `start` on, at the output's frame length `frameSeconds`:
 * at a key frame, so that everything after it decodes, even a picture that has stood still for long. Seconds of the
 * source, rounded down to microseconds; null for the beginning. `isEarlier` goes back further, for
 * a picture that is not whole at a key frame.
 */
export function seekBefore(
  start: number,
  frameSeconds: number,
  keySeconds: number[],
  formatName = '',
  isEarlier = false,
): number | null {
  const isIndexed = indexed.test(formatName);
  const latest = isIndexed ? start + frameSeconds * nearlyExact : start - leadSeconds;
  const index = keySeconds.findLastIndex((key) => key <= latest) - (isEarlier ? keysEarlier : 0);
  const key = keySeconds[index];
  if (index <= 0 || key === undefined) return null;
  return Math.floor((key - (isIndexed ? 0 : aimEarlierSeconds)) * 1e6) / 1e6;
}
