import { z } from 'zod';
import { videoStates } from '../video-state.ts';
import { errorCode, pageOf, region, time, videoId } from './common.ts';
import { codecs, copyRefusals, ladderReasons } from './encoding.ts';
import { takeDown } from './reports.ts';

export const visibilities = ['public', 'unlisted', 'private'] as const;
export type Visibility = (typeof visibilities)[number];

export const rendition = z
  .object({
    name: z.string().meta({ example: '720p' }),
    width: z.int().meta({ example: 1280 }),
    height: z.int().meta({ example: 720 }),
    frameRate: z.number().meta({ example: 29.97 }),
    codecs: z.string().meta({ example: 'avc1.64001f,mp4a.40.2' }),
    averageBandwidth: z.int().meta({ description: 'bit/s, with sound', example: 2_400_000 }),
    bandwidth: z.int().meta({ description: 'Peak bit/s, with sound', example: 3_100_000 }),
    bytes: z.int().meta({ description: 'Of the picture alone', example: 17_895_424 }),
  })
  .meta({ id: 'Rendition' });

export const audioTrack = z
  .object({
    language: z.string().meta({ description: 'BCP 47; `und` when the file does not say', example: 'en' }),
    title: z.string().meta({ example: 'Director’s comment' }),
    channels: z.union([z.literal(2), z.literal(6)]),
    isDefault: z.boolean(),
    loudness: z
      .object({ integrated: z.number().meta({ example: -16.2 }), range: z.number().meta({ example: 5.4 }) })
      .nullable()
      .meta({ description: 'EBU R 128: LUFS and LU; null for silence' }),
  })
  .meta({ id: 'AudioTrack' });

export const videoSummary = z
  .object({
    videoId,
    title: z.string().meta({ example: 'Holiday' }),
    description: z.string().meta({ example: 'Two weeks by the sea.' }),
    category: z.string().nullable().meta({ example: 'nature' }),
    tags: z.array(z.string()).meta({ example: ['sea', 'summer'] }),
    language: z.string().nullable().meta({ example: 'en' }),
    isRtl: z.boolean().meta({ description: 'Its language is written right to left', example: false }),
    channelTitle: z.string().meta({ description: 'Its owner’s name when it was made', example: 'Ada' }),
    visibility: z.enum(visibilities),
    regions: z
      .array(region)
      .meta({ description: 'Where it may be seen; empty: everywhere', example: ['GB', 'US'] }),
    minimumAge: z
      .int()
      .nullable()
      .meta({ description: 'From this age on it is meant to be seen; null: from any', example: null }),
    state: z.enum(videoStates).meta({ example: 'ready' }),
    playable: z.boolean().meta({ description: 'It can be watched, perhaps while it is still encoding' }),
    durationSeconds: z.number().nullable().meta({ example: 61.5 }),
    posterUrl: z
      .url()
      .nullable()
      .meta({ example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/poster.jpg' }),
    watchUrl: z.url().meta({ example: 'https://video.example/watch/5f2b8c0e9d3a4b6c7d8e9f01' }),
    views: z.int().meta({ description: 'As of the last count', example: 1204 }),
    likes: z.int().meta({ example: 87 }),
    comments: z.int().meta({ description: 'That are shown', example: 12 }),
    createdAt: time,
    publishedAt: time.meta({ description: 'From when on it may be seen; to come, if that was chosen' }),
  })
  .meta({ id: 'VideoSummary' });

export const video = videoSummary
  .extend({
    revision: z.int().meta({
      description: 'Raised by each change of what people say of it; If-Match goes by it',
      example: 3,
    }),
    previewUrl: z.url().nullable().meta({
      description: 'A few seconds, animated, to show in lists',
      example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/preview.webp',
    }),
    storyboardUrl: z.url().nullable().meta({
      description: 'WebVTT with small pictures, for scrubbing',
      example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/storyboard.vtt',
    }),
    percent: z
      .number()
      .min(0)
      .max(100)
      .meta({ description: 'Of the work on it, by frames encoded', example: 100 }),
    remainingSeconds: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Until it is encoded, at the rate so far; null when not known', example: 0 }),
    renditions: z.array(rendition).meta({ description: 'Lowest first; empty until it is ready' }),
    audio: z.array(audioTrack).meta({ description: 'The default one first; empty until it is ready' }),
    error: z
      .object({ code: errorCode, message: z.string().meta({ example: 'The file ends too early.' }) })
      .nullable()
      .meta({ description: 'Why it failed', example: null }),
    commentsOff: z.boolean().meta({ description: 'Nobody may comment on it', example: false }),
    warnings: z.array(
      z.object({
        code: z.string().meta({ example: 'audio_track_broken' }),
        message: z.string().meta({ example: 'A track of the file cannot be decoded.' }),
      }),
    ),
    takenDown: takeDown
      .nullable()
      .meta({ description: 'Moderators have hidden it; who else sees this is its owner', example: null }),
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
    profile: z.string().meta({ example: 'default' }),
    codec: z.enum(codecs),
    encoder: z.string().meta({ example: 'libx264' }),
    candidates: z
      .array(
        z.object({
          name: z.string().meta({ example: '720p' }),
          width: z.int().meta({ example: 1280 }),
          height: z.int().meta({ example: 720 }),
          action: z.enum(['encode', 'copy', 'skip']),
          reason: z.enum(reasons),
          explanation: z.string().meta({ example: 'The source is at least this large.' }),
          notCopied: z
            .enum(refusals)
            .nullable()
            .meta({ description: 'Why the source’s own picture is not the top rung' }),
          maxBitrate: z.int().meta({ description: 'The most that it may spend, bit/s', example: 3_000_000 }),
          averageBitrate: z
            .int()
            .nullable()
            .meta({ description: 'Of the picture alone, bit/s; when ready', example: 2_270_000 }),
          peakBitrate: z.int().nullable().meta({ example: 2_970_000 }),
          bytes: z.int().nullable().meta({ example: 17_895_424 }),
          encodeSeconds: z.number().nullable().meta({
            description: 'The work on it; rungs that are encoded together share it by pixels',
            example: 41.7,
          }),
        }),
      )
      .meta({ description: 'Lowest first' }),
  })
  .meta({ id: 'Ladder' });

export const playback = z
  .object({
    videoId,
    state: z.enum(videoStates).meta({ example: 'ready' }),
    isFinal: z.boolean().meta({ description: 'False while the playlist is still growing' }),
    playlist: z.url().meta({
      description: 'The HLS master playlist; of an imported video its address outside, of HLS or of one file',
      example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/hls/g1/master.m3u8',
    }),
    posterUrl: z
      .url()
      .nullable()
      .meta({ example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/poster.jpg' }),
    durationSeconds: z.number().nullable().meta({ example: 61.5 }),
  })
  .meta({ id: 'Playback' });
