import type { DbSession } from '../shared/db/connect.ts';
import type { TakeDown, Video } from '../shared/db/video-record.ts';
import { newId } from '../shared/ids.ts';
import type { ApiContext } from './context.ts';
import { takenDownMail } from './mail/account-mails.ts';

/**
 * Hides a video, or shows it again with null, and writes the event that says so. Who hides it again says anew why; since
 * when it is hidden stays.
 * @returns the video as it was; undefined when it is gone
 */
export async function takeDown(
  { db }: Pick<ApiContext, 'db'>,
  { _id, generation, takenDown: before }: Video,
  why: Omit<TakeDown, 'at'> | null,
  session: DbSession,
): Promise<Video | undefined> {
  const takenDown = why && { ...why, at: before?.at ?? new Date() };
  const found = await db.videos.takeDown(_id, takenDown, session);
  if (!found || (found.takenDown === null) === (takenDown === null)) return found;
  const type = takenDown ? 'video.taken_down' : 'video.restored';
  const data = takenDown ? { reason: takenDown.reason } : {};
  // It may happen to one attempt more than once.
  await db.events.record({ type, videoId: _id, generation, data }, session, newId());
  return found;
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
