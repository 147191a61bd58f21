import { z } from 'zod';

export const roles = ['viewer', 'creator', 'moderator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What an API key may be given. */
export const scopes = ['read', 'upload', 'manage', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export const account = z
  .object({
    userId: z.string(),
    displayName: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(roles)),
  })
  .meta({ id: 'Account' });
