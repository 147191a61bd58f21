import { account } from '../../shared/contracts/account.ts';
import {
  addressee,
  credentials,
  emailVerification,
  registration,
} from '../../shared/contracts/local-accounts.ts';
import { MillraceError } from '../../shared/errors.ts';
import { admitSignIn } from '../access/admit-sign-in.ts';
import { checkPassword } from '../access/check-password.ts';
import { confirmEmail, register, sendVerification } from '../access/register.ts';
import { startSession } from '../access/start-session.ts';
import type { ApiContext } from '../context.ts';
import { presentAccount } from '../present.ts';
import { route } from '../route.ts';

const tag = 'Local accounts';
const headers = { 'Cache-Control': 'no-store' };
const accepted = 'Taken. What comes of it is in the mail, and the same answer is given for every address';

/** @throws MillraceError not_found where local accounts are switched off */
export function requireLocalAccounts({ config }: ApiContext): void {
  if (!config.LOCAL_ACCOUNTS) throw new MillraceError('not_found', 'There are no local accounts here.');
}

export const localAccountRoutes = [
  route({
    method: 'post',
    path: '/api/auth/register',
    tag,
    summary: 'Register with an e-mail address and a password',
    action: 'sign-in.use',
    limit: 'register',
    body: registration,
    replies: { 202: { description: accepted } },
    errors: ['not_found'],
    async handle({ body, context }) {
      requireLocalAccounts(context);
      await register(context, body);
      return { status: 202, headers };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/email/verification',
    tag,
    summary: 'Have the e-mail to confirm an address sent again',
    action: 'sign-in.use',
    limit: 'register',
    body: addressee,
    replies: { 202: { description: accepted } },
    errors: ['not_found'],
    async handle({ body, context }) {
      requireLocalAccounts(context);
      await sendVerification(context, body.email);
      return { status: 202, headers };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/email/verify',
    tag,
    summary: 'Confirm an e-mail address, which makes the account',
    action: 'sign-in.use',
    limit: 'sign-in',
    body: emailVerification,
    replies: { 204: { description: 'There is an account now: sign in' } },
    errors: ['wrong_password', 'invalid_email_token', 'not_found'],
    async handle({ body, context }) {
      requireLocalAccounts(context);
      await confirmEmail(context, body);
      return { status: 204, headers };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/login',
    tag,
    summary: 'Sign in with an e-mail address and a password',
    action: 'sign-in.use',
    limit: 'sign-in',
    body: credentials,
    replies: {
      200: { description: 'Signed in; the session is in the cookie', schema: account, setsCookie: true },
    },
    errors: ['wrong_password', 'not_found'],
    async handle(request) {
      const { body, context, log } = request;
      requireLocalAccounts(context);
      const { user: known, settle } = await checkPassword(context, body);
      const user = await admitSignIn(context, known, log);
      const cookies = await startSession(request, user);
      await settle();
      return { status: 200, body: presentAccount(user), headers, cookies };
    },
  }),
];
