import { z } from 'zod';
import { sessionId, sessionList } from '../../shared/contracts/sessions.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { Credential } from '../access/caller.ts';
import { sessionCookie } from '../access/cookies.ts';
import { presentSession } from '../present-session.ts';
import { route } from '../route.ts';

const tag = 'Sign-in';
const currentOf = (credential: Credential | undefined) =>
  credential?.kind === 'session' ? credential.id : undefined;

export const sessionRoutes = [
  route({
    method: 'get',
    path: '/api/auth/sessions',
    tag,
    summary: 'The browsers that are signed in to my account',
    description: 'The hundred used last, the last one first.',
    action: 'session.list',
    replies: { 200: { description: 'The sessions', schema: sessionList } },
    errors: [],
    async handle({ caller, credential, context }) {
      const sessions = await context.db.sessions.ofUser(caller._id);
      const items = sessions.map((one) => presentSession(one, currentOf(credential)));
      return {
        status: 200,
        body: { items, nextCursor: null },
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  }),

  route({
    method: 'delete',
    path: '/api/auth/sessions',
    tag,
    summary: 'Sign out everywhere else',
    description:
      'Ends every session of my account but the one that asks, and every sign-in of programs that got their tokens ' +
      'elsewhere; access tokens follow within seconds.',
    action: 'session.end',
    replies: { 204: { description: 'The others have ended' } },
    errors: [],
    async handle({ caller, credential, context }) {
      await context.db.sessions.endAll(caller._id, currentOf(credential));
      await context.db.grants.endUnboundOf(caller._id);
      return { status: 204 };
    },
  }),

  route({
    method: 'delete',
    path: '/api/auth/sessions/:sessionId',
    tag,
    summary: 'Sign one browser out',
    action: 'session.end',
    params: z.strictObject({ sessionId }),
    replies: { 204: { description: 'It has ended', setsCookie: true } },
    errors: [],
    async handle({ params: { sessionId }, caller, credential, context: { db, publicUrl } }) {
      if (!(await db.sessions.endOne(caller._id, sessionId))) {
        throw new MillraceError('not_found', 'There is no such session.');
      }
      const isOwn = sessionId === currentOf(credential);
      return { status: 204, ...(isOwn ? { cookies: { [sessionCookie(publicUrl)]: null } } : {}) };
    },
  }),
];
