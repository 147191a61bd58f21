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
    cuts: [0],
    originSeconds: 0,
    containerStartSeconds: 0,
    rebuilt: null,
    picture: { streamIndex: 0, isInterlaced: false, ignoresMatrix: false, hdr: null, matrix: null },
    codec: { profile: 'default', codec: 'h264', encoder: 'libx264', options: [] },
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
    copied: null,
    ladder: [],
    chunks: [{ startFrame: 0, endFrame: frameCount, seekSeconds: null }],
    audio: [],
    captions: [],
    storyboard: { intervalSeconds: 1, width: 160, height: 90, frames: [] },
    warnings: [],
    ...overrides,
  };
}
