import { z } from 'zod';
import { roles } from '../db/users.ts';

export const account = z
  .object({
    userId: z.string(),
    displayName: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(roles)),
  })
  .meta({ id: 'Account' });
