import type { NewSession } from '../../shared/db/sessions.ts';
import type { User } from '../../shared/db/users.ts';
import type { ApiContext } from '../context.ts';
import type { Cookie } from '../route.ts';
import { sessionCookie } from './cookies.ts';
import { refuseInactive } from './refuse-inactive.ts';

type Asked = {
  context: ApiContext;
  address: string;
  cookie(name: string): string | undefined;
  header(name: string): string | undefined;
};

/** The longest ID token that is kept: it has to pass in an address when the session ends. */
const longestIdToken = 4000;

/**
 * A session for somebody who has just shown who they are. Its cookie is always a new one, and the session that the
 * browser had ends: a value that somebody planted there before is worth nothing.
 * @returns the cookies to set @throws MillraceError account_suspended, account_closing
 */
export async function startSession(
  { context, address, cookie, header }: Asked,
  user: User,
  from: Pick<NewSession, 'origin' | 'idToken'> = {},
): Promise<Record<string, Cookie>> {
  refuseInactive(user);
  const { db, config, publicUrl } = context;
  const name = sessionCookie(publicUrl);
  const before = cookie(name);
  if (before) await db.sessions.end(before);
  const { idToken = '' } = from;
  const secret = await db.sessions.start(user._id, {
    ...from,
    idToken: idToken.length <= longestIdToken ? idToken : undefined,
    seconds: config.SESSION_TTL_SECONDS,
    idleSeconds: config.SESSION_IDLE_SECONDS,
    userAgent: header('user-agent'),
    address,
  });
  return { [name]: { value: secret, maxAgeSeconds: config.SESSION_TTL_SECONDS } };
}
