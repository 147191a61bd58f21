import { z } from 'zod';

export const roles = ['viewer', 'creator', 'moderator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What an API key may be given. */
export const scopes = ['read', 'upload', 'manage', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export const account = z
  .object({
    userId: z.string().meta({ example: '3e9d0c7b1a2f4e5d6c7b8a90' }),
    displayName: z.string().meta({ example: 'Demo Creator' }),
    email: z.string().nullable().meta({ example: 'demo@video.example' }),
    roles: z.array(z.enum(roles)),
  })
  .meta({ id: 'Account' });
