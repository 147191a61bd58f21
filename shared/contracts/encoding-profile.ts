import { z } from 'zod';
import { codecs } from './encoding.ts';

/** How pictures are encoded, as data: the encoder with its words, and the ladder's steps. */
export const encodingProfile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and -'),
  codec: z.enum(codecs),
  /** A name from `ffmpeg -encoders`. */
  encoder: z.string().regex(/^[a-z0-9_]+$/),
  /** More words for the encoder. Rates, key frames, threads and pixel format are set by the plan. */
  options: z.array(z.string()).default([]),
  /** Constant quality, on the encoder's own scale; a rung's rate is capped by its step. */
  crf: z.number().min(0).max(63),
  /** The short side in pixels, and the highest bit/s of a 16:9 picture at up to 30 frames a second; rising. */
  steps: z
    .array(z.strictObject({ shortSide: z.int().min(16).max(4320), maxBitrate: z.int().positive() }))
    .min(1)
    .refine(
      (steps) => steps.every(({ shortSide }, index) => shortSide > (steps[index - 1]?.shortSide ?? 0)),
      'must rise',
    ),
  /** The profile to use, with a warning, where this encoder is missing. */
  fallback: z.string().nullable().default(null),
});

export type EncodingProfile = z.infer<typeof encodingProfile>;
export type LadderStep = EncodingProfile['steps'][number];

/** Near the averages that Apple's authoring specification lists for H.264; capped CRF stays below them. */
const h264Steps: LadderStep[] = [
  { shortSide: 240, maxBitrate: 400_000 },
  { shortSide: 360, maxBitrate: 900_000 },
  { shortSide: 480, maxBitrate: 1_600_000 },
  { shortSide: 720, maxBitrate: 3_500_000 },
  { shortSide: 1080, maxBitrate: 6_500_000 },
  { shortSide: 1440, maxBitrate: 11_000_000 },
  { shortSide: 2160, maxBitrate: 20_000_000 },
];

function scaled(steps: LadderStep[], factor: number): LadderStep[] {
  return steps.map(({ shortSide, maxBitrate }) => ({
    shortSide,
    maxBitrate: Math.round(maxBitrate * factor),
  }));
}

/** The profiles that are always there. */
export const builtInProfiles: readonly EncodingProfile[] = [
  {
    name: 'default',
    codec: 'h264',
    encoder: 'libx264',
    // Trellis costs a twentieth more time here and gives 1.3 VMAF at the same size. Looking six frames ahead instead
    // of ten takes 50 MiB less for 1080p; with one less crf both size and VMAF stay (within 0.3 % on a real clip).
    options: ['-preset', 'veryfast', '-trellis', '1', '-rc-lookahead', '6', '-profile:v', 'high'],
    crf: 20,
    steps: h264Steps,
    fallback: null,
  },
  {
    name: 'h264-nvenc',
    codec: 'h264',
    encoder: 'h264_nvenc',
    options: ['-preset', 'p4', '-profile:v', 'high'],
    crf: 25,
    steps: h264Steps,
    fallback: 'default',
  },
  {
    name: 'hevc',
    codec: 'hevc',
    encoder: 'libx265',
    options: ['-preset', 'veryfast'],
    crf: 26,
    steps: scaled(h264Steps, 0.65),
    fallback: 'default',
  },
  {
    name: 'av1',
    codec: 'av1',
    encoder: 'libsvtav1',
    options: ['-preset', '9'],
    crf: 35,
    steps: scaled(h264Steps, 0.55),
    fallback: 'default',
  },
];
