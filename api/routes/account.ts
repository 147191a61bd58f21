import { account, accountChange, closingAccount } from '../../shared/contracts/account.ts';
import { closeAccount } from '../access/close-account.ts';
import { sessionCookie } from '../access/cookies.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { presentAccount } from '../present.ts';
import { route } from '../route.ts';

const tag = 'My account';
const path = '/api/auth/me';

export const accountRoutes = [
  route({
    method: 'patch',
    path,
    tag,
    summary: 'Change my account',
    description:
      'Send `If-Match` with the ETag of `GET /api/auth/me`. A later sign-in leaves the name as it is.',
    action: 'account.change',
    body: accountChange,
    ifMatch: true,
    replies: { 200: { description: 'The account as it is now', schema: account } },
    errors: [],
    async handle({ body, caller, header, context: { db } }) {
      expectedRevision(header('If-Match'), caller.revision);
      const change = { displayName: body.displayName, nameSetBy: 'owner' as const };
      const changed = await db.transaction((session) => db.accounts.change(caller, change, session));
      if (!changed) throw changedMeanwhile();
      return {
        status: 200,
        body: presentAccount(changed),
        revision: changed.revision,
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  }),

  route({
    method: 'delete',
    path,
    tag,
    summary: 'Delete my account and my videos',
    description:
      'At once the account is signed out everywhere and its videos are hidden from everyone. After a grace all of it is ' +
      'removed. Signing in before then brings everything back.',
    action: 'account.close',
    replies: { 202: { description: 'It is being deleted', schema: closingAccount, setsCookie: true } },
    errors: ['last_admin'],
    async handle({ caller, context, log }) {
      const goneAfter = (await closeAccount(context, caller, log)).toISOString();
      const undo = `Sign in before ${goneAfter} to keep the account and its videos.`;
      return {
        status: 202,
        body: { status: 'closing', goneAfter, undo },
        headers: { 'Cache-Control': 'no-store' },
        cookies: { [sessionCookie(context.publicUrl)]: null },
      };
    },
  }),
];
