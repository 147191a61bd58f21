import { z } from 'zod';
import { userId } from '../../shared/contracts/account.ts';
import { auditPage } from '../../shared/contracts/audit.ts';
import { type Action, policy } from '../access/policy.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { presentAuditEntry } from '../present-user.ts';
import { route } from '../route.ts';

const actions = Object.keys(policy) as [Action, ...Action[]];

export const auditRoutes = [
  route({
    method: 'get',
    path: '/api/audit',
    tag: 'Users',
    summary: 'What moderators and administrators did to what is not theirs, the newest first',
    action: 'audit.read',
    query: z.strictObject({
      actor: userId.optional().meta({ description: 'Who did it' }),
      action: z.enum(actions).optional(),
      since: z.iso
        .datetime({ offset: true })
        .transform((value) => new Date(value))
        .optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      cursor: z.string().max(200).optional(),
    }),
    replies: { 200: { description: 'One page', schema: auditPage } },
    errors: [],
    async handle({ query: { actor, action, since, limit, cursor }, context }) {
      const after = cursor ? decodeCursor(cursor) : undefined;
      const found = await context.db.audit.page(
        { actorId: actor, action, since },
        limit + 1,
        after && { at: after.createdAt, id: after.id },
      );
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const nextCursor =
        found.length > items.length && last ? encodeCursor({ createdAt: last.at, id: last._id }) : null;
      return {
        status: 200,
        body: { items: items.map(presentAuditEntry), nextCursor },
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  }),
];
