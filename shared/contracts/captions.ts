import { z } from 'zod';
import { pageOf, time } from './common.ts';

/** A language as HLS and HTML want it: `eng` becomes `en`, `PT-br` becomes `pt-BR`. */
export const captionLanguage = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i)
  .transform((tag, context) => {
    try {
      return Intl.getCanonicalLocales(tag)[0] ?? tag;
    } catch {
      context.addIssue({ code: 'custom', message: 'is no language tag' });
      return z.NEVER;
    }
  });

/** One in an address, in any spelling that `captionLanguage` knows. */
export const captionLanguageParam = z
  .string()
  .max(40)
  .meta({ description: 'A language tag (BCP 47)', example: 'pt-BR' });

export const captionSources = ['file', 'upload'] as const;
export type CaptionSource = (typeof captionSources)[number];

export const caption = z
  .object({
    language: z.string().meta({ description: 'BCP 47; und: not known', example: 'pt-BR' }),
    title: z.string().meta({ description: 'What a player’s menu shows; may be empty', example: 'Português' }),
    source: z.enum(captionSources).meta({ description: 'A track of the uploaded file, or sent to the api' }),
    isDefault: z.boolean().meta({ description: 'A player shows it unless its user chose otherwise' }),
    cues: z.int().meta({ example: 412 }),
    bytes: z.int().meta({ example: 21873 }),
    url: z.url().meta({
      description: 'The whole as WebVTT',
      example: 'https://video.example/api/videos/5f2b8c0e9d3a4b6c7d8e9f01/captions/pt-BR.vtt',
    }),
    createdAt: time,
  })
  .meta({ id: 'Caption' });

export const captionList = pageOf(caption).meta({ id: 'CaptionList' });
