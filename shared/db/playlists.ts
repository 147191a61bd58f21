import { type Connection, Schema, trusted } from 'mongoose';
import { isDuplicateKey } from './duplicate-key.ts';
import type { Attempt } from './video-record.ts';

/** One playlist of one attempt, with relative addresses; the api signs them when it is asked. */
export type Playlist = {
  _id: string;
  videoId: string;
  generation: number;
  /** `master`, or the rendition's folder and kind: `720p/index`, `720p/iframes`, `audio/und/index`. */
  name: string;
  text: string;
  /** How many segments it lists. A playlist only ever grows. */
  segments: number;
  isFinal: boolean;
};

const schema = new Schema<Playlist>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    generation: { type: Number, required: true },
    name: { type: String, required: true },
    text: { type: String, required: true },
    segments: { type: Number, required: true },
    isFinal: { type: Boolean, required: true },
  },
  { versionKey: false, collection: 'playlists' },
).index({ videoId: 1, generation: 1 });

const idOf = ({ videoId, generation }: Attempt, name: string) => `${videoId}-g${generation}-${name}`;

export function playlistStore(connection: Connection) {
  const model = connection.model('Playlist', schema);
  return {
    /** Stores those playlists that say more than what is stored; an older view of the work changes nothing. */
    async save(
      attempt: Attempt,
      playlists: Pick<Playlist, 'name' | 'text' | 'segments' | 'isFinal'>[],
    ): Promise<void> {
      const operations = playlists.map((playlist) => {
        const { name, segments, isFinal } = playlist;
        const older = isFinal
          ? trusted({ isFinal: false })
          : trusted({ isFinal: false, segments: { $lt: segments } });
        return {
          updateOne: {
            filter: { _id: idOf(attempt, name), ...older },
            update: { $set: { ...playlist, videoId: attempt.videoId, generation: attempt.generation } },
            upsert: true,
          },
        };
      });
      await model.bulkWrite(operations, { ordered: false }).catch((error) => {
        if (!isDuplicateKey(error)) throw error;
      });
    },

    /** Forgets the playlists of one attempt, or of all. */
    async remove(videoId: string, generation?: number): Promise<void> {
      await model.deleteMany({ videoId, ...(generation === undefined ? {} : { generation }) });
    },

    find: (attempt: Attempt, name: string): Promise<Playlist | null> =>
      model.findById(idOf(attempt, name)).lean(),
  };
}
