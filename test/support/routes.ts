import { apiRoutes } from '../../api/app.ts';
import type { Route } from '../../api/route.ts';

export const everyRoute: readonly Route[] = apiRoutes;

export const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;

/** Bodies that fit, for those routes that take one; else a test could not tell why a changed one is refused. */
const email = 'somebody@example.com';
const password = 'lantern 7 over water';
const token = 'x'.repeat(43);
const bodies: Record<string, object> = {
  'POST /api/auth/register': { email, password, displayName: 'Ada' },
  'POST /api/auth/email/verification': { email },
  'POST /api/auth/email/verify': { token, password },
  'POST /api/auth/login': { email, password },
  'POST /api/auth/password': { currentPassword: password, newPassword: `${password}!` },
  'POST /api/auth/password/forgot': { email },
  'POST /api/auth/password/reset': { token, password },
  'POST /api/categories': { categoryId: 'another', names: { en: 'Another' } },
  'POST /api/uploads': { filename: 'a.mp4', size: 1000, type: 'video/mp4' },
  'POST /api/people': { name: 'Ada' },
  'PATCH /api/people/:personId': { name: 'Ada' },
  'POST /api/people/:personId/merge': { into: '0'.repeat(24) },
  'POST /api/people/:personId/picture/uploads': { size: 1000, type: 'image/png' },
  'PUT /api/videos/:videoId/credits': { credits: [{ personId: '0'.repeat(24), role: 'actor' }] },
  'POST /api/videos/:videoId/credits': { personId: '0'.repeat(24), role: 'actor' },
  'POST /api/videos/:videoId/comments': { text: 'Where was this filmed?' },
  'PATCH /api/videos/:videoId/comments/:commentId': { text: 'And when?' },
  'POST /api/videos/:videoId/reports': { reason: 'spam', text: 'An ad' },
  'POST /api/videos/:videoId/comments/:commentId/reports': { reason: 'spam', text: 'An ad' },
  'POST /api/reports/:reportId/resolve': { outcome: 'dismissed' },
  'PUT /api/videos/:videoId/take-down': { reason: 'copyright', message: 'It is not yours.' },
  'POST /api/videos/:videoId/views': { position: 12, watchedSeconds: 12, region: 'GB' },
  'PUT /api/videos/:videoId/poster': { time: 1 },
  'POST /api/videos/:videoId/poster/uploads': { size: 1000, type: 'image/png' },
};

export const bodyFor = (route: Route): object => bodies[nameOf(route)] ?? {};

/** What nothing has, where that is no number. */
const unusual: Record<string, string> = { categoryId: 'no-such' };

/** The address of a route, its parameters replaced: ids by one that nothing has. */
export function addressOf(route: Route, params: Record<string, string> = {}): string {
  return route.path.replaceAll(
    /:(\w+)/g,
    (_, name: string) => params[name] ?? unusual[name] ?? '0'.repeat(24),
  );
}

/** Whether a schema takes members that it does not know, as replies of sign-in providers may have. */
export function isLoose(schema: unknown): boolean {
  const { def } = (schema ?? {}) as { def?: { catchall?: { def: { type: string } } } };
  return def?.catchall?.def.type === 'unknown';
}

/** The members of an object schema; none for another. */
export function membersOf(schema: unknown): string[] {
  const { shape } = (schema ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}
