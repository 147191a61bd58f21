import { z } from 'zod';
import { account } from '../../shared/contracts/account.ts';
import { MillraceError } from '../../shared/errors.ts';
import { sessionCookie, signInCookie } from '../access/cookies.ts';
import type { ApiContext } from '../context.ts';
import { presentAccount } from '../present.ts';
import { route } from '../route.ts';

const tag = 'Sign-in';
const callbackPath = '/api/auth/callback';
const signInSeconds = 600;

const redirectUri = ({ publicUrl }: ApiContext) => `${publicUrl}${callbackPath}`;

export const authRoutes = [
  route({
    method: 'get',
    path: '/api/auth/login',
    tag,
    summary: 'Go to the sign-in provider',
    action: 'sign-in.use',
    limit: 'sign-in',
    query: z.strictObject({
      // A path of our own only: anything else would let a stranger's link end on a stranger's site.
      returnTo: z
        .string()
        .max(500)
        .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path that begins with one /')
        .default('/api/auth/me')
        .meta({ description: 'Where to go afterwards' }),
    }),
    replies: { 302: { description: 'To the provider' } },
    errors: [],
    async handle({ query, context }) {
      const { url, signIn } = await context.oidc.begin(redirectUri(context), query.returnTo);
      const secret = await context.db.signIns.begin(signIn);
      return {
        status: 302,
        headers: { Location: url.href, 'Cache-Control': 'no-store' },
        cookies: { [signInCookie(context.publicUrl)]: { value: secret, maxAgeSeconds: signInSeconds } },
      };
    },
  }),

  route({
    method: 'get',
    path: callbackPath,
    tag,
    summary: 'Where the provider sends the browser back to',
    action: 'sign-in.use',
    limit: 'sign-in',
    query: z.looseObject({}),
    replies: { 302: { description: 'Signed in: on to where the sign-in began' } },
    errors: ['sign_in_failed'],
    async handle({ url, cookie, context }) {
      const { db, publicUrl, config } = context;
      const secret = cookie(signInCookie(publicUrl));
      const signIn = secret ? await db.signIns.take(secret) : undefined;
      if (!signIn) {
        throw new MillraceError(
          'sign_in_failed',
          'This sign-in was not begun in this browser, or too long ago.',
        );
      }
      const user = await db.users.signedIn(await context.oidc.finish(url, signIn));
      const before = cookie(sessionCookie(publicUrl));
      if (before) await db.sessions.end(before);
      const session = await db.sessions.start(user._id, config.SESSION_TTL_SECONDS);
      return {
        status: 302,
        headers: { Location: signIn.returnTo, 'Cache-Control': 'no-store' },
        cookies: {
          [signInCookie(publicUrl)]: null,
          [sessionCookie(publicUrl)]: { value: session, maxAgeSeconds: config.SESSION_TTL_SECONDS },
        },
      };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/logout',
    tag,
    summary: 'Sign out of this browser',
    action: 'sign-in.use',
    replies: { 204: { description: 'Signed out, or was not signed in' } },
    errors: [],
    async handle({ cookie, context }) {
      const name = sessionCookie(context.publicUrl);
      const secret = cookie(name);
      if (secret) await context.db.sessions.end(secret);
      return { status: 204, cookies: { [name]: null } };
    },
  }),

  route({
    method: 'get',
    path: '/api/auth/me',
    tag,
    summary: 'The account that is signed in',
    action: 'account.read',
    replies: { 200: { description: 'The account', schema: account } },
    errors: [],
    handle: ({ caller }) => ({
      status: 200,
      body: presentAccount(caller),
      headers: { 'Cache-Control': 'no-store' },
    }),
  }),
];
