/** Containers with an index of key frames, where a seek lands on the one that is meant. */
const indexed = /\b(mov|matroska)\b/;
/** Elsewhere a seek lands somewhere near: then it aims this much earlier. */
const aimEarlierSeconds = 0.5;
/** The rate filter must see the frame that rounds onto a chunk's first one, so decoding begins a little before. */
const leadSeconds = 0.1;

/**
 * Where to begin reading a source for what is shown from `start` on: at a key frame, so that everything after it
 * decodes, even a picture that has stood still for long. Seconds of the source, rounded down to microseconds; null
 * for the beginning.
 */
export function seekBefore(start: number, keySeconds: number[], formatName = ''): number | null {
  const index = keySeconds.findLastIndex((key) => key <= start - leadSeconds);
  const key = keySeconds[index];
  if (index <= 0 || key === undefined) return null;
  return Math.floor((key - (indexed.test(formatName) ? 0 : aimEarlierSeconds)) * 1e6) / 1e6;
}
