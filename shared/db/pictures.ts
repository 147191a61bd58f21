import { type Connection, trusted } from 'mongoose';
import type { Attempt, Video } from './video-record.ts';

/** Which pictures a video has. */
export function pictureStore(connection: Connection) {
  const model = connection.model<Video>('Video');
  return {
    async setPoster({ videoId, generation }: Attempt): Promise<void> {
      // While an older attempt plays, its poster is shown; this one's comes with the move to `ready`.
      const isShown = { activeGeneration: trusted({ $in: [null, generation] }) };
      await model.updateOne({ _id: videoId, generation, ...isShown }, { $set: { hasPoster: true } });
    },

    async addPreview({ videoId, generation }: Attempt): Promise<void> {
      await model.updateOne({ _id: videoId, generation }, { $addToSet: { previews: generation } });
    },
  };
}
