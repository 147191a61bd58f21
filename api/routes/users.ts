import { z } from 'zod';
import { roles, userId } from '../../shared/contracts/account.ts';
import { userChange, user as userContract, userPage, userQuery } from '../../shared/contracts/users.ts';
import type { AccountChange } from '../../shared/db/accounts.ts';
import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import { settleAccount } from '../../shared/settle-account.ts';
import type { Changes } from '../access/audit-trail.ts';
import { keepAnAdmin } from '../access/keep-an-admin.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { presentUser } from '../present-user.ts';
import { route } from '../route.ts';

const tag = 'Users';
const params = z.strictObject({ userId });
const noStore = { 'Cache-Control': 'no-store' };

export const userRoutes = [
  route({
    method: 'get',
    path: '/api/users',
    tag,
    summary: 'Accounts, the newest first, page by page',
    action: 'user.read',
    limit: 'search',
    query: userQuery,
    replies: { 200: { description: 'One page', schema: userPage } },
    errors: [],
    async handle({ query, context }) {
      const { items, total } = await context.db.userSearch.page(query);
      const { page, perPage } = query;
      return {
        status: 200,
        body: { items: items.map(presentUser), total, page, perPage },
        headers: noStore,
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/users/:userId',
    tag,
    summary: 'One account',
    action: 'user.read',
    params,
    replies: { 200: { description: 'The account', schema: userContract } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(owned(await context.db.users.find(params.userId)));
      return { status: 200, body: presentUser(found), revision: found.revision, headers: noStore };
    },
  }),

  route({
    method: 'patch',
    path: '/api/users/:userId',
    tag,
    summary: 'Change the roles of an account, suspend it, or let it back',
    description:
      'Send `If-Match` with the ETag of `GET /api/users/{userId}`. Of a suspended account every credential stops to work ' +
      'at once, its unfinished uploads end, and its videos are seen by moderators and administrators alone.',
    action: 'user.change',
    params,
    body: userChange,
    ifMatch: true,
    replies: { 200: { description: 'The account as it is now', schema: userContract } },
    errors: ['last_admin', 'own_account', 'already_closing'],
    async handle({ params, body, permit, audit, caller, header, context, log }) {
      const { db } = context;
      const found = permit(owned(await db.users.find(params.userId)));
      expectedRevision(header('If-Match'), found.revision);
      if (found.status !== 'active' && found.status !== 'suspended') {
        throw new MillraceError('already_closing', 'Its owner has deleted this account.');
      }
      if (body.status === 'suspended' && found._id === caller._id) {
        throw new MillraceError('own_account', 'You cannot suspend your own account.');
      }
      const change = changeOf(body);
      const isAdminAfter = change.status !== 'suspended' && (change.roles ?? found.roles).includes('admin');
      const changed = await db.transaction(async (session) => {
        if (!isAdminAfter) await keepAnAdmin(context, found, session);
        const after = await db.accounts.change(found, change, session);
        if (!after) throw changedMeanwhile();
        await audit(session, summaryOf(body));
        return after;
      });
      // The record has it already: what is not done here, the next sweep does.
      await settleAccount(context, found._id).catch((error) =>
        log.warn({ err: error, changedUserId: found._id }, 'left to the sweep'),
      );
      return { status: 200, body: presentUser(changed), revision: changed.revision, headers: noStore };
    },
  }),
];

/** An account is its own. */
function owned(user: User | null) {
  return user && { ...user, ownerId: user._id };
}

function changeOf({ roles: given, status, reason }: z.infer<typeof userChange>): AccountChange {
  return {
    ...(given ? { roles: roles.filter((role) => given.includes(role)), rolesSetBy: 'admin' } : {}),
    ...(status ? { status, statusReason: reason ?? null } : {}),
  };
}

/** Without the reason: it may tell something about a person, and the log is kept for good. */
function summaryOf({ roles, status, reason }: z.infer<typeof userChange>): Changes {
  return {
    ...(roles ? { roles: roles.join(', ') } : {}),
    ...(status ? { status } : {}),
    ...(reason ? { reason: null } : {}),
  };
}
