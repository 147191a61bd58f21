import { z } from 'zod';
import { region } from './common.ts';

const seconds = z
  .number()
  .min(0)
  .max(24 * 3600);

/** What a player tells while it plays, or when it ends. */
export const newView = z
  .strictObject({
    position: seconds.meta({ description: 'Where in the video the player stands, seconds', example: 41.5 }),
    watchedSeconds: seconds.meta({
      description:
        'How much was watched since the player was opened, seconds; what is beyond the length is cut off',
      example: 40,
    }),
    region: region.optional().meta({
      description: 'Where the viewer is, as far as the client knows; what the CDN says goes before it',
      example: 'GB',
    }),
  })
  .meta({ id: 'NewView' });

const viewReasons = ['too_short', 'already_counted', 'robot'] as const;
export type ViewReason = (typeof viewReasons)[number];

export const viewReply = z
  .object({
    counted: z.boolean().meta({ description: 'The video has one view more' }),
    reason: z
      .enum(viewReasons)
      .nullable()
      .meta({
        description:
          'Why not: less than 10 s and less than 30 % were watched; the viewer was counted within the hour; the ' +
          'User-Agent is one of a robot',
        example: null,
      }),
  })
  .meta({ id: 'ViewReply' });
