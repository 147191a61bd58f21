import { z } from 'zod';
import { errorKinds } from '../errors.ts';
import { time } from './common.ts';

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

const codes = Object.keys(errorKinds) as [keyof typeof errorKinds, ...(keyof typeof errorKinds)[]];

export const posterUploadId = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'must be 24 hex digits')
  .meta({ description: 'An upload of a poster', example: '7b1c0e9d3a4b6c7d8e9f0123' });

export const poster = z
  .object({
    source: z
      .enum(posterSources)
      .meta({ description: 'Found by Millrace, taken from a chosen time, or uploaded' }),
    version: z.int().meta({ description: 'Of what was asked for last; 0 before the first' }),
    state: z.enum(['making', 'ready', 'failed']).meta({
      description: 'Of what was asked for last; until it is ready the one before is shown',
    }),
    error: z.object({ code: z.enum(codes), message: z.string() }).optional(),
    widths: z.array(z.int()).meta({ description: 'Of the poster that is shown, in pixels, rising' }),
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
      .meta({ description: `Exact size in bytes, at most ${posterMaxBytes}` }),
    type: z.enum(pictureTypes).meta({ description: 'It is signed and must be sent with the bytes' }),
  })
  .meta({ id: 'NewPosterUpload' });

export const posterTicket = z
  .object({
    posterUploadId,
    method: z.literal('PUT'),
    url: z.url().meta({ description: 'Send the bytes here, once' }),
    headers: z.record(z.string(), z.string()).meta({ description: 'Send these headers as they are' }),
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
    tileWidth: z.int(),
    tileHeight: z.int(),
    intervalSeconds: z.number().meta({ description: 'Tile k shows the picture at k times this' }),
    sheets: z.array(
      z.object({
        url: z.url().meta({ description: 'Signed; a JPEG of columns x rows tiles' }),
        columns: z.int(),
        rows: z.int(),
        tiles: z.int(),
      }),
    ),
  })
  .meta({ id: 'Storyboard' });
