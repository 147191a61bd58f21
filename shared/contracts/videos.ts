import { z } from 'zod';
import { errorKinds } from '../errors.ts';
import { videoStates } from '../video-state.ts';
import { time, videoId } from './common.ts';

export const visibilities = ['public', 'unlisted', 'private'] as const;
export type Visibility = (typeof visibilities)[number];

const codes = Object.keys(errorKinds) as [keyof typeof errorKinds, ...(keyof typeof errorKinds)[]];

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
    previewUrl: z.url().nullable().meta({ description: 'A few seconds, animated, to show in lists' }),
    storyboardUrl: z.url().nullable().meta({ description: 'WebVTT with small pictures, for scrubbing' }),
    percent: z.number().min(0).max(100).meta({ description: 'Of the work on it, by frames encoded' }),
    renditions: z.array(rendition).meta({ description: 'Lowest first; empty until it is ready' }),
    error: z
      .object({ code: z.enum(codes), message: z.string() })
      .nullable()
      .meta({ description: 'Why it failed' }),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    uploadedAt: time.nullable(),
    playableAt: time.nullable(),
    readyAt: time.nullable(),
  })
  .meta({ id: 'Video' });

export const videoPage = z
  .object({
    items: z.array(videoSummary),
    nextCursor: z.string().nullable().meta({ description: 'Send it as `cursor` for what follows' }),
  })
  .meta({ id: 'VideoPage' });

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
