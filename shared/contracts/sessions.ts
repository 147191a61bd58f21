import { z } from 'zod';

/** A way to sign in, for a page that offers it. */
export const signInProvider = z
  .object({
    name: z.string().meta({ description: 'For `provider` of GET /api/auth/login' }),
    title: z.string().meta({ description: 'For people' }),
  })
  .meta({ id: 'SignInProvider' });

export const signInProviderList = z
  .object({ items: z.array(signInProvider), nextCursor: z.null() })
  .meta({ id: 'SignInProviderList' });

export const session = z
  .object({
    sessionId: z.string(),
    current: z.boolean().meta({ description: 'The one that asks' }),
    provider: z.string().nullable().meta({ description: 'Where it was signed in at; null: here' }),
    userAgent: z.string().nullable(),
    address: z.string().nullable().meta({ description: 'The address it was begun from' }),
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
    endSessionUrl: z
      .url()
      .nullable()
      .meta({ description: 'Where the browser ends the provider’s own session; null: nowhere' }),
  })
  .meta({ id: 'SignedOut' });
