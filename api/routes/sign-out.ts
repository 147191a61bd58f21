import { z } from 'zod';
import { signedOut } from '../../shared/contracts/sessions.ts';
import { MillraceError } from '../../shared/errors.ts';
import { sessionCookie } from '../access/cookies.ts';
import { readLogoutToken } from '../access/logout-token.ts';
import type { ApiContext } from '../context.ts';
import { returnTo } from '../return-to.ts';
import { route } from '../route.ts';

const tag = 'Sign-in';
const signedOutPath = '/api/auth/signed-out';
const afterwards = returnTo.default('/docs');

type Ended = Awaited<ReturnType<ApiContext['db']['sessions']['end']>>;

export const signOutRoutes = [
  route({
    method: 'post',
    path: '/api/auth/logout',
    tag,
    summary: 'Sign out of this browser',
    description:
      'Ends the session here. The provider’s own session goes on, so the next sign-in may pass without a password. ' +
      'With `atProvider=true` the reply names the address where the browser ends that too: send the browser there.',
    action: 'sign-in.use',
    query: z.strictObject({
      atProvider: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Whether to end it there too' }),
      returnTo: afterwards,
    }),
    replies: {
      200: { description: 'Signed out here; with `atProvider=true`', schema: signedOut, setsCookie: true },
      204: { description: 'Signed out, or was not signed in', setsCookie: true },
      303: { description: 'The same, to the form of a page: on to `returnTo`', setsCookie: true },
    },
    errors: [],
    async handle({ query, cookie, header, context, log }) {
      const name = sessionCookie(context.publicUrl);
      const secret = cookie(name);
      const ended = secret ? await context.db.sessions.end(secret) : undefined;
      const cookies = { [name]: null };
      if (query.atProvider === 'false') {
        // A browser that sends a form stays where it is at a 204.
        const isForm = header('Accept')?.includes('text/html');
        return isForm
          ? { status: 303, headers: { Location: query.returnTo }, cookies }
          : { status: 204, cookies };
      }
      const url = await endSessionUrl(ended, query.returnTo, context).catch((error) => {
        log.warn({ err: error }, 'signed out without the provider');
        return undefined;
      });
      return {
        status: 200,
        body: { endSessionUrl: url?.href ?? null },
        headers: { 'Cache-Control': 'no-store' },
        cookies,
      };
    },
  }),

  route({
    method: 'get',
    path: signedOutPath,
    tag,
    summary: 'Where the provider sends the browser back to after a sign-out',
    action: 'sign-in.use',
    query: z.looseObject({ state: afterwards }),
    replies: { 302: { description: 'On to where the sign-out was to go' } },
    errors: [],
    handle: ({ query }) => ({ status: 302, headers: { Location: query.state, 'Cache-Control': 'no-store' } }),
  }),

  route({
    method: 'post',
    path: '/api/auth/backchannel-logout',
    tag,
    summary: 'A provider tells that somebody has signed out there',
    description:
      'OpenID Connect Back-Channel Logout 1.0. The signature of the token is the credential. Ends the sessions that ' +
      'it names by `sid`, or all of the account by `sub`.',
    action: 'sign-in.use',
    form: true,
    body: z.looseObject({ logout_token: z.string().max(20_000) }),
    replies: { 200: { description: 'What it names has ended here' } },
    errors: ['invalid_logout_token'],
    async handle({ body, context: { db, providers }, log }) {
      const { provider, tokenId, expiresAt, ...named } = await readLogoutToken(body.logout_token, providers);
      if (await db.logoutTokens.isSpent(provider, tokenId)) {
        throw new MillraceError('invalid_logout_token', 'The logout token is refused. It was used before.');
      }
      const ended = await db.sessions.endFrom(provider, named);
      // After the work: when that fails the provider may send the same token again.
      await db.logoutTokens.spend(provider, tokenId, expiresAt);
      log.info({ provider, ended }, 'signed out by the provider');
      return { status: 200, headers: { 'Cache-Control': 'no-store' } };
    },
  }),
];

async function endSessionUrl(ended: Ended, state: string, { providers, publicUrl }: ApiContext) {
  const provider = providers.all.find(({ name }) => name === ended?.origin.provider);
  return provider?.endSessionUrl({
    idToken: ended?.idToken,
    returnTo: `${publicUrl}${signedOutPath}`,
    state,
  });
}
