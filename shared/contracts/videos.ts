import { z } from 'zod';
import { errorKinds } from '../errors.ts';
import { videoStates } from '../video-state.ts';
import { pageOf, time, videoId } from './common.ts';
import { codecs, copyRefusals, ladderReasons } from './encoding.ts';

export const visibilities = ['public', 'unlisted', 'private'] as const;
export type Visibility = (typeof visibilities)[number];

const errorCodes = Object.keys(errorKinds) as [keyof typeof errorKinds, ...(keyof typeof errorKinds)[]];

export const rendition = z
  .object({
    name: z.string().meta({ example: '720p' }),
    width: z.int(),
    height: z.int(),
    frameRate: z.number(),
    codecs: z.string().meta({ example: 'avc1.64001f,mp4a.40.2' }),
    averageBandwidth: z.int().meta({ description: 'bit/s, with sound' }),
    bandwidth: z.int().meta({ description: 'Peak bit/s, with sound' }),
    bytes: z.int().meta({ description: 'Of the picture alone' }),
  })
  .meta({ id: 'Rendition' });

export const audioTrack = z
  .object({
    language: z.string().meta({ description: 'BCP 47; `und` when the file does not say', example: 'en' }),
    title: z.string(),
    channels: z.union([z.literal(2), z.literal(6)]),
    isDefault: z.boolean(),
    loudness: z
      .object({ integrated: z.number(), range: z.number() })
      .nullable()
      .meta({ description: 'EBU R 128: LUFS and LU; null for silence' }),
  })
  .meta({ id: 'AudioTrack' });

export const videoSummary = z
  .object({
    videoId,
    title: z.string(),
    description: z.string(),
    category: z.string().nullable(),
    tags: z.array(z.string()),
    language: z.string().nullable(),
    visibility: z.enum(visibilities),
    state: z.enum(videoStates),
    playable: z.boolean().meta({ description: 'It can be watched, perhaps while it is still encoding' }),
    durationSeconds: z.number().nullable(),
    posterUrl: z.url().nullable(),
    watchUrl: z.url(),
    createdAt: time,
  })
  .meta({ id: 'VideoSummary' });

export const video = videoSummary
  .extend({
    revision: z.int().meta({
      description: 'Raised by each change of what people say of it; If-Match goes by it',
      example: 3,
    }),
    previewUrl: z.url().nullable().meta({ description: 'A few seconds, animated, to show in lists' }),
    storyboardUrl: z.url().nullable().meta({ description: 'WebVTT with small pictures, for scrubbing' }),
    percent: z.number().min(0).max(100).meta({ description: 'Of the work on it, by frames encoded' }),
    remainingSeconds: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Until it is encoded, at the rate so far; null when not known' }),
    renditions: z.array(rendition).meta({ description: 'Lowest first; empty until it is ready' }),
    audio: z.array(audioTrack).meta({ description: 'The default one first; empty until it is ready' }),
    error: z
      .object({ code: z.enum(errorCodes), message: z.string() })
      .nullable()
      .meta({ description: 'Why it failed' }),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    uploadedAt: time.nullable(),
    playableAt: time.nullable(),
    readyAt: time.nullable(),
  })
  .meta({ id: 'Video' });

/** What each event of a video's progress carries. */
export const progress = video.pick({ state: true, percent: true, remainingSeconds: true, playable: true });

export const videoPage = pageOf(videoSummary).meta({ id: 'VideoPage' });

const reasons = Object.keys(ladderReasons) as [keyof typeof ladderReasons];
const refusals = Object.keys(copyRefusals) as [keyof typeof copyRefusals];

export const ladder = z
  .object({
    videoId,
    profile: z.string(),
    codec: z.enum(codecs),
    encoder: z.string().meta({ example: 'libx264' }),
    candidates: z
      .array(
        z.object({
          name: z.string().meta({ example: '720p' }),
          width: z.int(),
          height: z.int(),
          action: z.enum(['encode', 'copy', 'skip']),
          reason: z.enum(reasons),
          explanation: z.string(),
          notCopied: z
            .enum(refusals)
            .nullable()
            .meta({ description: 'Why the source’s own picture is not the top rung' }),
          maxBitrate: z.int().meta({ description: 'The most that it may spend, bit/s' }),
          averageBitrate: z.int().nullable().meta({ description: 'Of the picture alone, bit/s; when ready' }),
          peakBitrate: z.int().nullable(),
          bytes: z.int().nullable(),
          encodeSeconds: z
            .number()
            .nullable()
            .meta({ description: 'The work on it; rungs that are encoded together share it by pixels' }),
        }),
      )
      .meta({ description: 'Lowest first' }),
  })
  .meta({ id: 'Ladder' });

export const playback = z
  .object({
    videoId,
    state: z.enum(videoStates),
    isFinal: z.boolean().meta({ description: 'False while the playlist is still growing' }),
    playlist: z.url().meta({ description: 'The HLS master playlist' }),
    posterUrl: z.url().nullable(),
    durationSeconds: z.number().nullable(),
  })
  .meta({ id: 'Playback' });
