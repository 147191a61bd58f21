import { z } from 'zod';
import { categoryId } from './categories.ts';
import { givenTime, language, time, uploadId, videoId } from './common.ts';
import { knownRegion } from './regions.ts';
import { visibilities } from './videos.ts';

export const uploadStates = ['waiting', 'completed', 'cancelled', 'expired', 'failed'] as const;
export type UploadState = (typeof uploadStates)[number];

const text = (most: number) => z.string().trim().max(most);
const once = <T>(list: T[]): T[] => [...new Set(list)];

export const newUpload = z
  .strictObject({
    filename: z.string().trim().min(1).max(255).meta({ example: 'holiday.mp4' }),
    size: z.int().positive().meta({ description: 'Exact size in bytes', example: 1055736 }),
    type: z
      .string()
      .max(100)
      .regex(
        /^(video\/[\w.+-]+|application\/octet-stream)$/,
        'must be a video type or application/octet-stream',
      )
      .meta({
        description: 'The media type; it is signed and must be sent with the bytes',
        example: 'video/mp4',
      }),
    title: text(200)
      .min(1)
      .meta({ example: 'Holiday' })
      .optional()
      .meta({ description: 'Default: the file name without its ending' }),
    description: text(5000).meta({ example: 'Two weeks by the sea.' }).default(''),
    category: categoryId.meta({ description: 'What it is about: one of the categories' }).optional(),
    tags: z
      .array(text(50).min(1).normalize('NFC'))
      .max(30)
      .overwrite(once)
      .meta({ description: 'One that comes again is left out', example: ['sea', 'summer'] })
      .default([]),
    language: language.meta({ description: 'What is spoken in it (ISO 639-1)' }).optional(),
    visibility: z.enum(visibilities).default('public'),
    regions: z
      .array(knownRegion)
      .max(250)
      .overwrite(once)
      .meta({
        description: 'Where it may be played (ISO 3166-1); empty: everywhere',
        example: ['GB', 'US'],
      })
      .default([]),
    minimumAge: z
      .int()
      .min(0)
      .max(21)
      .nullable()
      .meta({ description: 'From this age on it is meant to be seen; null: from any', example: 12 })
      .default(null),
    publishAt: givenTime
      .nullable()
      .meta({
        description: 'Until then it is seen as if it were private; a time to come. null: at once',
        example: '2036-03-01T12:00:00Z',
      })
      .default(null),
    commentsOff: z.boolean().meta({ description: 'Nobody may comment on it', example: false }).default(false),
    profile: z
      .string()
      .max(40)
      .optional()
      .meta({ description: 'How to encode it; default: what is configured', example: 'default' }),
  })
  .meta({ id: 'NewUpload' });

export const ticket = z
  .object({
    uploadId,
    videoId,
    method: z.literal('PUT'),
    url: z.url().meta({
      description: 'Send the bytes here, once',
      example:
        'https://store.example/millrace-raw/videos/3e9d0c7b1a2f4e5d6c7b8a90/5f2b8c0e9d3a4b6c7d8e9f01?X-Amz-Signature=0f3c',
    }),
    headers: z.record(z.string(), z.string()).meta({
      description: 'Send these headers as they are',
      example: { 'Content-Type': 'video/mp4', 'If-None-Match': '*' },
    }),
    expiresAt: time,
  })
  .meta({ id: 'UploadTicket' });

export const upload = z
  .object({
    uploadId,
    videoId,
    state: z.enum(uploadStates),
    filename: z.string().meta({ example: 'holiday.mp4' }),
    size: z.int().meta({ example: 1055736 }),
    type: z.string().meta({ example: 'video/mp4' }),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Upload' });
