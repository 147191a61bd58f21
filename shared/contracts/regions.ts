import { z } from 'zod';
import { isRegion } from '../regions.ts';
import { pageOf, region } from './common.ts';

/** As it is taken from callers: one that there is. */
export const knownRegion = region.refine(isRegion, 'is no region of ISO 3166-1');

const servedRegion = z
  .object({
    region,
    name: z.string().meta({ example: 'United Kingdom' }),
    languages: z
      .array(z.string())
      .meta({ description: 'That are spoken there (ISO 639-1), the main ones first', example: ['en', 'cy'] }),
    isRtl: z.boolean().meta({ description: 'Its pages are written right to left', example: false }),
  })
  .meta({ id: 'ServedRegion' });

export const servedRegions = pageOf(servedRegion).meta({ id: 'ServedRegions' });
