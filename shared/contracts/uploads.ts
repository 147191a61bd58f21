import { z } from 'zod';
import { time, uploadId, videoId } from './common.ts';
import { visibilities } from './videos.ts';

export const uploadStates = ['waiting', 'completed', 'cancelled', 'expired', 'failed'] as const;
export type UploadState = (typeof uploadStates)[number];

const text = (most: number) => z.string().trim().max(most);

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
    category: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and -')
      .meta({ description: 'What it is about, in a word', example: 'nature' })
      .optional(),
    tags: z
      .array(text(50).min(1))
      .max(30)
      .meta({ example: ['sea', 'summer'] })
      .default([]),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, 'must be two lower-case letters (ISO 639-1)')
      .meta({ description: 'What is spoken in it (ISO 639-1)', example: 'en' })
      .optional(),
    visibility: z.enum(visibilities).default('public'),
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
