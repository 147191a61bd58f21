import type { z } from 'zod';
import type { session } from '../shared/contracts/sessions.ts';
import type { Session } from '../shared/db/sessions.ts';

type Shown = Pick<
  Session,
  'publicId' | 'origin' | 'userAgent' | 'address' | 'createdAt' | 'lastSeenAt' | 'expiresAt'
>;

/** `currentId` is the session that asks. */
export function presentSession(record: Shown, currentId: string | undefined): z.infer<typeof session> {
  return {
    sessionId: record.publicId,
    current: record.publicId === currentId,
    provider: record.origin?.provider ?? null,
    userAgent: record.userAgent,
    address: record.address,
    createdAt: record.createdAt.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
  };
}
