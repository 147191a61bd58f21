import type { EncodingPlan } from '../../shared/contracts/encoding.ts';

/** A plan for a file with one picture track that begins at 0: one chunk, one rung. */
export function simplePlan(
  picture: { frameCount: number; width: number; height: number; framesPerSecond?: number },
  overrides: Partial<EncodingPlan> = {},
): EncodingPlan {
  const { frameCount, width, height, framesPerSecond = 25 } = picture;
  return {
    durationSeconds: frameCount / framesPerSecond,
    frameCount,
    rate: { numerator: framesPerSecond, denominator: 1 },
    gopFrames: 2 * framesPerSecond,
    segmentFrames: 6 * framesPerSecond,
    originSeconds: 0,
    containerStartSeconds: 0,
    videoStreamIndex: 0,
    rungs: [
      {
        name: `${Math.min(width, height)}p`,
        width,
        height,
        crf: 23,
        maxBitrate: 1e6,
        bufferBits: 1_500_000,
      },
    ],
    chunks: [{ startFrame: 0, endFrame: frameCount, seekSeconds: null }],
    audio: [],
    ...overrides,
  };
}
