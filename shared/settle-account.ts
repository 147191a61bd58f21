import type { Context } from './context.ts';
import type { User } from './db/users.ts';
import { endSignIns } from './end-sign-ins.ts';
import { endUpload, remove } from './pipeline.ts';
import { setLikes } from './set-likes.ts';
import { settleComments } from './settle-comments.ts';

type Means = Pick<Context, 'db' | 'queues' | 'metrics' | 'storage'>;

const batch = 100;

/**
 * Brings about what the status of an account means:
 *
 *     active               its videos and comments are seen again
 *     suspended            they are hidden, and its uploads end
 *     closing              that, and everything it is signed in with ends
 *     closed               that, and its password, API keys, videos, likes and the text of its comments are removed;
 *                          the people it has added stay, as nobody's
 *
 * The record of the account comes first and says `settled` last. So this may be killed anywhere: a sweep calls it again
 * for what is not settled, and all of it may be done twice. One call changes so many comments, and of a closed account
 * removes so many videos and likes.
 */
export async function settleAccount(means: Means, userId: string): Promise<void> {
  const { db } = means;
  for (;;) {
    const user = await db.users.find(userId);
    if (user?.settled !== false) return;
    await db.owned.setStatus(user);
    if (user.status !== 'active') await endUploads(means, user);
    if (user.status === 'closing' || user.status === 'closed') await endSignIns(db, userId);
    // Before the videos, whose removal takes longer: words are read as long as they are there.
    if (!(await settleComments(db, user))) return;
    if (user.status === 'closed') {
      await db.passwords.remove(userId);
      await db.apiKeys.removeAllOf(userId);
      await db.people.disown(userId);
      await db.reports.forgetWordsOf(userId);
      if (!(await removeVideos(means, user))) return;
      if (!(await removeLikes(means, user))) return;
    }
    // Else it has changed meanwhile, and another status counts.
    if (await db.accounts.settled(user)) return;
  }
}

async function endUploads(means: Means, { _id }: User): Promise<void> {
  for (;;) {
    const waiting = await means.db.owned.waiting(_id, batch);
    for (const upload of waiting) await endUpload(means, upload, 'cancelled');
    if (waiting.length < batch) return;
  }
}

/** False when there may be more. */
async function removeVideos(means: Means, { _id }: User): Promise<boolean> {
  const videos = await means.db.owned.remaining(_id, batch);
  for (const video of videos) await remove(means, video);
  if (videos.length === batch) return false;
  await means.db.owned.forgetFilenames(_id);
  return true;
}

/** False when there may be more. */
async function removeLikes({ db }: Means, { _id }: User): Promise<boolean> {
  const likes = await db.likes.ofUser(_id, batch);
  for (const { videoId, region } of likes) {
    const wish = { userId: _id, liked: false, region };
    await db.transaction((session) => setLikes(db, videoId, [wish], session));
  }
  return likes.length < batch;
}
