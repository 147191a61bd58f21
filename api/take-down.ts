import type { DbSession } from '../shared/db/connect.ts';
import type { TakeDown, Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import type { ApiContext } from './context.ts';
import { takenDownMail } from './mail/account-mails.ts';

type Means = Pick<ApiContext, 'db'>;

/**
 * Hides a video. Who hides it again says anew why; since when it is hidden stays, and
 * by whom, unless that was its owner.
 * @returns the video as it was, and what it says now; undefined when it is gone
 */
export async function takeDown(
  means: Means,
  videoId: string,
  why: Omit<TakeDown, 'at'>,
  session: DbSession,
): Promise<{ before: Video; takenDown: TakeDown } | undefined> {
  const before = await means.db.videos.find(videoId, session);
  if (!before) return undefined;
  const { takenDown: first, ownerId } = before;
  const by = first && first.by !== ownerId ? first.by : why.by;
  const takenDown = { ...why, by, at: first?.at ?? new Date() };
  const isThere = await means.db.videos.takeDown(videoId, takenDown, session);
  return isThere ? { before, takenDown } : undefined;
}

/**
 * Shows a video again.
 * @returns false when it is gone
 * @throws MillraceError forbidden where it is the caller's own, and another has hidden it
 */
export async function showAgain(
  means: Means,
  videoId: string,
  callerId: string,
  session: DbSession,
): Promise<boolean> {
  const before = await means.db.videos.find(videoId, session);
  if (!before) return false;
  const { takenDown, ownerId } = before;
  if (ownerId === callerId && takenDown && takenDown.by !== callerId) throw anotherModerator();
  return means.db.videos.takeDown(videoId, null, session);
}

export function anotherModerator(): MillraceError {
  return new MillraceError('forbidden', 'What is your own another moderator has to show again.');
}

/** Tells the owner, who has a verified address, unless there is no server to send letters by. */
export function tellOwner(
  { db, config, outbox, publicUrl }: ApiContext,
  { _id, ownerId }: Video,
  why: Pick<TakeDown, 'reason' | 'message'>,
): void {
  if (config.NODE_ENV === 'production' && !config.SMTP_URL) return;
  outbox.post(async () => {
    const owner = await db.users.find(ownerId);
    if (!owner?.email || !owner.emailVerified) return undefined;
    return takenDownMail(owner.email, `${publicUrl}/watch/${_id}`, why);
  });
}
