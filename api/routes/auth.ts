import { z } from 'zod';
import { account } from '../../shared/contracts/account.ts';
import { signInProviderList } from '../../shared/contracts/sessions.ts';
import { signInSeconds } from '../../shared/db/sign-ins.ts';
import { MillraceError } from '../../shared/errors.ts';
import { admitSignIn } from '../access/admit-sign-in.ts';
import { signInCookie } from '../access/cookies.ts';
import { startSession } from '../access/start-session.ts';
import type { ApiContext } from '../context.ts';
import { presentAccount } from '../present.ts';
import { returnTo } from '../return-to.ts';
import { route } from '../route.ts';

const tag = 'Sign-in';
const callbackPath = '/api/auth/callback';

const redirectUri = ({ publicUrl }: ApiContext) => `${publicUrl}${callbackPath}`;

export const authRoutes = [
  route({
    method: 'get',
    path: '/api/auth/providers',
    tag,
    summary: 'The sign-in providers',
    action: 'sign-in.use',
    replies: {
      200: {
        description: 'The first is the one without a name in GET /api/auth/login',
        schema: signInProviderList,
      },
    },
    errors: [],
    handle: ({ context: { providers } }) => ({
      status: 200,
      body: { items: providers.all.map(({ name, title }) => ({ name, title })), nextCursor: null },
    }),
  }),

  route({
    method: 'get',
    path: '/api/auth/login',
    tag,
    summary: 'Go to a sign-in provider',
    description: 'The first sign-in makes the account.',
    action: 'sign-in.use',
    limit: 'sign-in',
    query: z.strictObject({
      provider: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'Its name; without it the first', example: 'company' }),
      prompt: z
        .literal('create')
        .optional()
        .meta({ description: 'Goes to the provider’s form for new people, where it has one' }),
      returnTo: returnTo.default('/api/auth/me'),
    }),
    replies: { 302: { description: 'To the provider', setsCookie: true } },
    errors: ['unknown_provider', 'registration_not_offered'],
    async handle({ query, cookie, context, leadBackTo }) {
      leadBackTo(query.returnTo);
      const name = signInCookie(context.publicUrl);
      const { url, signIn } = await context.providers.named(query.provider).begin({
        redirectUri: redirectUri(context),
        returnTo: query.returnTo,
        register: query.prompt === 'create',
      });
      const secret = await context.db.signIns.begin(signIn, cookie(name));
      return {
        status: 302,
        headers: { Location: url.href, 'Cache-Control': 'no-store' },
        cookies: { [name]: { value: secret, maxAgeSeconds: signInSeconds } },
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
    replies: { 302: { description: 'Signed in: on to where the sign-in began', setsCookie: true } },
    errors: ['sign_in_failed'],
    async handle(request) {
      const { url, cookie, context, log } = request;
      const { db, providers, publicUrl } = context;
      const name = signInCookie(publicUrl);
      const secret = cookie(name);
      const state = url.searchParams.get('state');
      const signIn = secret && state ? await db.signIns.take(secret, state) : undefined;
      const provider = providers.all.find(({ name }) => name === signIn?.provider);
      if (!secret || !signIn || !provider) {
        throw new MillraceError(
          'sign_in_failed',
          'This sign-in was not begun in this browser, or over an hour ago, ' +
            'or the browser keeps no cookies of this site.',
        );
      }
      request.leadBackTo(signIn.returnTo);
      const { person, sid, idToken } = await provider.finish(url, signIn);
      const user = await admitSignIn(context, await db.users.signedIn(person), log);
      const origin = { provider: provider.name, subject: person.subject, sid };
      const cookies = await startSession(request, user, { origin, idToken });
      return {
        status: 302,
        headers: { Location: signIn.returnTo, 'Cache-Control': 'no-store' },
        // Another tab may still be at the provider.
        cookies: (await db.signIns.isAwaited(secret)) ? cookies : { [name]: null, ...cookies },
      };
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
      revision: caller.revision,
      headers: { 'Cache-Control': 'no-store' },
    }),
  }),
];
