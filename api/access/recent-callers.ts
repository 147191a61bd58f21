import { shortCache } from '../short-cache.ts';
import type { Caller } from './credential.ts';

const recentMilliseconds = 1000;

/**
 * Who has come with a credential a moment ago, so that reading what anyone may read does not ask MongoDB each time who
 * it is. A sign-in that has ended, or an account that was changed, counts there for a second more.
 */
export const createRecentCallers = () => shortCache<Caller | undefined>(recentMilliseconds, 10_000);

export type RecentCallers = ReturnType<typeof createRecentCallers>;
