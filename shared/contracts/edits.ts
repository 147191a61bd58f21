import { z } from 'zod';
import { pageOf, time } from './common.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullable();

export const edit = z
  .object({
    editId: z.string().meta({ example: '8d2e1f0a9b3c4d5e6f708192' }),
    at: time,
    by: z.string().meta({
      description: 'Who did it: an account; `operator`: an import',
      example: '7c8e9f015f2b8c0e9d3a4b6c',
    }),
    revision: z.int().meta({ description: 'Of the video, as this change has made it', example: 4 }),
    changes: z.record(z.string(), z.object({ from: value, to: value })).meta({
      description: 'Each field that got another value',
      example: { title: { from: 'Holiday', to: 'Two weeks by the sea' } },
    }),
  })
  .meta({ id: 'Edit' });

export const editPage = pageOf(edit).meta({ id: 'EditPage' });
