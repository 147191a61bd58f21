import { z } from 'zod';
import { id, time } from './common.ts';

export const roles = ['viewer', 'creator', 'moderator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What an API key may be given. */
export const scopes = ['read', 'upload', 'manage', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/**
 * `suspended`: by an administrator. `closing`: deleted by its owner, who can still have it back. `closed`: what is left
 * once that time is over.
 */
export const accountStatuses = ['active', 'suspended', 'closing', 'closed'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

export const userId = id('An account', '7c8e9f015f2b8c0e9d3a4b6c');

const name = z.string().trim().min(1).max(100).meta({ example: 'Ada' });

export const account = z
  .object({
    userId,
    displayName: z.string().meta({ example: 'Demo Creator' }),
    email: z.string().nullable().meta({ example: 'demo@video.example' }),
    emailVerified: z.boolean(),
    roles: z.array(z.enum(roles)),
    status: z.enum(accountStatuses),
    createdAt: time,
  })
  .meta({ id: 'Account' });

export const accountChange = z.strictObject({ displayName: name }).meta({ id: 'AccountChange' });

export const closingAccount = z
  .object({
    status: z.literal('closing'),
    goneAfter: time.meta({ description: 'Then nothing of it can be had back' }),
    undo: z
      .string()
      .meta({ description: 'How to keep the account, as a sentence', example: 'Sign in again to keep it.' }),
  })
  .meta({ id: 'ClosingAccount' });
