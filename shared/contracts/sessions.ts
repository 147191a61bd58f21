import { z } from 'zod';
import { id } from './common.ts';

/** A way to sign in, for a page that offers it. */
const signInProvider = z
  .object({
    name: z.string().meta({ description: 'For `provider` of GET /api/auth/login', example: 'company' }),
    title: z.string().meta({ description: 'For people', example: 'Sign in at the company' }),
  })
  .meta({ id: 'SignInProvider' });

export const signInProviderList = z
  .object({ items: z.array(signInProvider), nextCursor: z.null() })
  .meta({ id: 'SignInProviderList' });

/** One of the sessions of an account. */
export const sessionId = id('A session', '9c1f0e9d3a4b6c7d8e9f0a1b');

export const session = z
  .object({
    sessionId,
    current: z.boolean().meta({ description: 'The one that asks' }),
    provider: z
      .string()
      .nullable()
      .meta({ description: 'Where it was signed in at; null: here', example: 'company' }),
    userAgent: z.string().nullable().meta({ example: 'Mozilla/5.0 (X11; Linux x86_64)' }),
    address: z
      .string()
      .nullable()
      .meta({ description: 'The address it was begun from', example: '203.0.113.7' }),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().meta({ description: 'Exact to a minute' }),
    expiresAt: z.iso.datetime().meta({ description: 'When it ends unless it is used before' }),
  })
  .meta({ id: 'Session' });

export const sessionList = z
  .object({ items: z.array(session), nextCursor: z.null() })
  .meta({ id: 'SessionList' });

export const signedOut = z
  .object({
    endSessionUrl: z.url().nullable().meta({
      description: 'Where the browser ends the provider’s own session; null: nowhere',
      example: 'https://id.example/session/end?client_id=millrace',
    }),
  })
  .meta({ id: 'SignedOut' });
