import { addressee, passwordChange, passwordReset } from '../../shared/contracts/local-accounts.ts';
import { changePassword, resetPassword, sendReset } from '../access/change-password.ts';
import { startSession } from '../access/start-session.ts';
import { route } from '../route.ts';
import { requireLocalAccounts } from './local-accounts.ts';

const tag = 'Local accounts';
const headers = { 'Cache-Control': 'no-store' };

export const passwordRoutes = [
  route({
    method: 'post',
    path: '/api/auth/password',
    tag,
    summary: 'Choose another password, which ends all other sign-ins',
    action: 'account.password',
    limit: 'sign-in',
    body: passwordChange,
    replies: {
      204: { description: 'Changed; who was signed in by the cookie has a new one', setsCookie: true },
    },
    errors: ['wrong_password', 'not_found'],
    async handle(request) {
      const { body, caller, credential, context } = request;
      requireLocalAccounts(context);
      await changePassword(context, caller._id, body);
      const cookies = credential?.kind === 'session' ? await startSession(request, caller) : {};
      return { status: 204, headers, cookies };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/password/forgot',
    tag,
    summary: 'Ask for a new password by e-mail',
    action: 'sign-in.use',
    limit: 'register',
    body: addressee,
    replies: { 202: { description: 'Taken. Whether there is such an account is told to the address alone' } },
    errors: ['not_found'],
    async handle({ body, context }) {
      requireLocalAccounts(context);
      await sendReset(context, body.email);
      return { status: 202, headers };
    },
  }),

  route({
    method: 'post',
    path: '/api/auth/password/reset',
    tag,
    summary: 'Choose a new password with the token from the e-mail, which ends all sign-ins',
    action: 'sign-in.use',
    limit: 'sign-in',
    body: passwordReset,
    replies: { 204: { description: 'Changed: sign in with the new one' } },
    errors: ['invalid_email_token', 'not_found'],
    async handle({ body, context }) {
      requireLocalAccounts(context);
      await resetPassword(context, body);
      return { status: 204, headers };
    },
  }),
];
