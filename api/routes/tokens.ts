import { publicKeys, tokenReply, tokenRequest, tokenRevocation } from '../../shared/contracts/tokens.ts';
import { publishedSeconds } from '../access/signing-key-times.ts';
import { grantTokens } from '../access/token-grants.ts';
import { route } from '../route.ts';

const tag = 'Sign-in';
/** RFC 6749, 5.1 wants both. */
const secret = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

export const tokenRoutes = [
  route({
    method: 'post',
    path: '/api/auth/token',
    tag,
    summary: 'Get an access token and a refresh token',
    description:
      'OAuth 2 (RFC 6749) with `grant_type=password` (local accounts), `refresh_token`, or `urn:millrace:session` with the cookie of a browser that is signed in. A refresh token is good for one use: a second one ends everything that came of the same sign-in. Errors also have `error` and `error_description`.',
    action: 'sign-in.use',
    limit: 'sign-in',
    form: true,
    body: tokenRequest,
    replies: { 200: { description: 'The tokens', schema: tokenReply } },
    errors: ['invalid_grant', 'unsupported_grant_type'],
    async handle({ body, caller, credential, context }) {
      const { accessToken, refreshToken, seconds } = await grantTokens(body, { caller, credential }, context);
      return {
        status: 200,
        headers: secret,
        body: {
          access_token: accessToken,
          token_type: 'Bearer',
          expires_in: seconds,
          refresh_token: refreshToken,
        },
      };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/token/revoke',
    tag,
    summary: 'End the sign-in that a token came of',
    description:
      'RFC 7009. The refresh token and every access token of the sign-in end within seconds, whichever of them is sent. A token that is not valid gets the same answer.',
    action: 'sign-in.use',
    form: true,
    body: tokenRevocation,
    replies: { 200: { description: 'It is not valid any more' } },
    errors: [],
    async handle({ body, context }) {
      await context.tokens.revoke(body.token);
      return { status: 200, headers: secret };
    },
  }),

  route({
    method: 'get',
    path: '/.well-known/jwks.json',
    tag,
    summary: 'The public keys that verify access tokens',
    description:
      'RFC 7517. A key is published ten minutes before it signs, and stays until all its tokens have ended.',
    action: 'service.read',
    replies: { 200: { description: 'The keys', schema: publicKeys } },
    errors: [],
    async handle({ context }) {
      return {
        status: 200,
        headers: { 'Cache-Control': `public, max-age=${publishedSeconds}` },
        body: { keys: await context.tokens.published() },
      };
    },
  }),
];
