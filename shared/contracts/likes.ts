import { z } from 'zod';

/** Whether I like a video, and how many do. */
export const like = z
  .object({
    liked: z.boolean().meta({ description: 'By me', example: true }),
    likes: z.int().meta({ description: 'By all', example: 87 }),
  })
  .meta({ id: 'Like' });
