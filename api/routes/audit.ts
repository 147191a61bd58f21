import { z } from 'zod';
import { userId } from '../../shared/contracts/account.ts';
import { auditPage } from '../../shared/contracts/audit.ts';
import { type Action, policy } from '../access/policy.ts';
import { type Orders, pageParams, readPage } from '../lists.ts';
import { presentAuditEntry } from '../present-user.ts';
import { route } from '../route.ts';

const orders = {
  '-at': { field: 'at', direction: -1 },
  at: { field: 'at', direction: 1 },
} as const satisfies Orders;
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
      action: z.enum(actions).optional().meta({ description: 'A row of the policy' }),
      since: z.iso
        .datetime({ offset: true })
        .transform((value) => new Date(value))
        .optional()
        .meta({ description: 'From then on', example: '2026-03-01T12:00:00Z' }),
      ...pageParams(orders),
    }),
    replies: { 200: { description: 'One page', schema: auditPage } },
    errors: [],
    async handle({ query, context: { db, config } }) {
      const { actor: actorId, action, since } = query;
      const list = { path: '/api/audit', orders, query, secretKey: config.SECRET_KEY };
      const { items, nextCursor } = await readPage(list, (page) =>
        db.audit.page({ actorId, action, since }, page),
      );
      return {
        status: 200,
        body: { items: items.map(presentAuditEntry), nextCursor },
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  }),
];
