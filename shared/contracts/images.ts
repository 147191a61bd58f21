import { z } from 'zod';
import { errorCode, id, time } from './common.ts';

export const posterSources = ['auto', 'time', 'upload'] as const;
export type PosterSource = (typeof posterSources)[number];

export const pictureTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;
/** Bytes of a picture that is uploaded as a poster. */
export const posterMaxBytes = 10 * 1024 ** 2;

/** The storyboard as it is stored: small pictures from left to right and down, at equal distances in time. */
export type Sprites = {
  generation: number;
  intervalSeconds: number;
  tileWidth: number;
  tileHeight: number;
  sheets: Sheet[];
};

/** One sprite. Only the last row of the last one may have fewer tiles than columns. */
export type Sheet = { columns: number; rows: number; tiles: number };

export const posterUploadId = id('An upload of a poster', '7b1c0e9d3a4b6c7d8e9f0123');

export const poster = z
  .object({
    source: z
      .enum(posterSources)
      .meta({ description: 'Found by Millrace, taken from a chosen time, or uploaded' }),
    version: z.int().meta({ description: 'Of what was asked for last; 0 before the first' }),
    state: z.enum(['making', 'ready', 'failed']).meta({
      description: 'Of what was asked for last; until it is ready the one before is shown',
    }),
    error: z
      .object({ code: errorCode, message: z.string().meta({ example: 'The file is not a picture.' }) })
      .optional(),
    widths: z
      .array(z.int())
      .meta({ description: 'Of the poster that is shown, in pixels, rising', example: [320, 640, 1280] }),
  })
  .meta({ id: 'Poster' });

export const newPoster = z
  .strictObject({
    time: z.number().min(0).meta({ description: 'Seconds from the beginning of the video', example: 12.5 }),
  })
  .meta({ id: 'NewPoster' });

export const newPosterUpload = z
  .strictObject({
    size: z
      .int()
      .positive()
      .meta({ description: `Exact size in bytes, at most ${posterMaxBytes}`, example: 81920 }),
    type: z.enum(pictureTypes).meta({ description: 'It is signed and must be sent with the bytes' }),
  })
  .meta({ id: 'NewPosterUpload' });

export const posterTicket = z
  .object({
    posterUploadId,
    method: z.literal('PUT'),
    url: z.url().meta({
      description: 'Send the bytes here, once',
      example:
        'https://store.example/millrace-raw/videos/3e9d0c7b1a2f4e5d6c7b8a90/5f2b8c0e9d3a4b6c7d8e9f01?X-Amz-Signature=1a2b',
    }),
    headers: z.record(z.string(), z.string()).meta({
      description: 'Send these headers as they are',
      example: { 'Content-Type': 'image/webp', 'If-None-Match': '*' },
    }),
    expiresAt: time,
  })
  .meta({ id: 'PosterTicket' });

export const posterUploadStates = ['waiting', 'making', 'ready', 'failed', 'expired'] as const;

export const posterUpload = z
  .object({
    posterUploadId,
    state: z.enum(posterUploadStates).meta({ description: 'It waits for its bytes, then for the poster' }),
    size: z.int().meta({ example: 48213 }),
    type: z.string().meta({ example: 'image/png' }),
    expiresAt: time,
  })
  .meta({ id: 'PosterUpload' });

export const storyboard = z
  .object({
    tileWidth: z.int().meta({ example: 160 }),
    tileHeight: z.int().meta({ example: 90 }),
    intervalSeconds: z.number().meta({ description: 'Tile k shows the picture at k times this' }),
    sheets: z.array(
      z.object({
        url: z.url().meta({
          description: 'Signed; a JPEG of columns x rows tiles',
          example:
            'https://store.example/millrace-thumbnails/v/5f2b8c0e9d3a4b6c7d8e9f01/g1/storyboard-0.jpg?X-Amz-Signature=0f3c',
        }),
        columns: z.int().meta({ example: 10 }),
        rows: z.int().meta({ example: 10 }),
        tiles: z.int().meta({ example: 100 }),
      }),
    ),
  })
  .meta({ id: 'Storyboard' });
