import { z } from 'zod';

/** The fields of each grant. What else a client sends is ignored, as RFC 6749 (3.2) wants it; so it is below. */
export const tokenRequest = z
  .looseObject({
    grant_type: z.string().min(1).max(100).meta({
      description: '`password`, `refresh_token` or `urn:millrace:session`',
      example: 'password',
    }),
    username: z
      .string()
      .min(1)
      .max(320)
      .optional()
      .meta({ description: 'With `password`: the e-mail address', example: 'ada@example.com' }),
    password: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'With `password`', example: 'lantern 7 over water' }),
    refresh_token: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'With `refresh_token`', example: 'a-token-for-one-use' }),
  })
  .meta({ id: 'TokenRequest' });

export const tokenReply = z
  .object({
    access_token: z.string().meta({
      description: 'Send it as `Authorization: Bearer`',
      example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl',
    }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds', example: 900 }),
    refresh_token: z
      .string()
      .meta({ description: 'Good for one use; that use gives the next one', example: 'a-token-for-one-use' }),
  })
  .meta({ id: 'Tokens' });

export const tokenRevocation = z
  .looseObject({
    token: z
      .string()
      .min(1)
      .max(4000)
      .meta({ description: 'A refresh token or an access token', example: 'a-token-for-one-use' }),
  })
  .meta({ id: 'TokenRevocation' });

/** RFC 7517. */
export const publicKeys = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string().meta({ example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' }),
        y: z.string().meta({ example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }),
        kid: z.string().meta({ example: '2026-11-21' }),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
      }),
    ),
  })
  .meta({ id: 'PublicKeys' });
