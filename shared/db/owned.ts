import { type Connection, trusted } from 'mongoose';
import { newId } from '../ids.ts';
import type { UploadRecord } from './uploads.ts';
import type { User } from './users.ts';
import type { Video } from './video-record.ts';

/** What belongs to an account. */
export function ownedStore(connection: Connection) {
  const videos = connection.model<Video>('Video');
  const uploads = connection.model<UploadRecord>('Upload');
  return {
    /**
     * Notes the owner's status on its videos, so that no list has to ask for the owner. It is fenced by the revision
     * of the account: whoever is late with an older status changes nothing.
     */
    async setStatus({ _id, status, revision }: User): Promise<void> {
      await videos.updateMany(
        {
          ownerId: _id,
          state: trusted({ $ne: 'deleted' }),
          ownerRevision: trusted({ $not: { $gte: revision } }),
        },
        { $set: { ownerStatus: status, ownerRevision: revision, searchStale: newId() } },
      );
    },

    /** Videos that are not deleted yet. */
    remaining: (ownerId: string, limit: number): Promise<Video[]> =>
      videos
        .find({ ownerId, state: trusted({ $ne: 'deleted' }) })
        .limit(limit)
        .lean(),

    waiting: (ownerId: string, limit: number): Promise<UploadRecord[]> =>
      uploads.find({ ownerId, state: 'waiting' }).limit(limit).lean(),

    /** The names of files are what people wrote. */
    async forgetFilenames(ownerId: string): Promise<void> {
      await uploads.updateMany({ ownerId }, { $set: { filename: '' } });
    },
  };
}
