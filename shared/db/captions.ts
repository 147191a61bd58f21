import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type CaptionSource, captionSources } from '../contracts/captions.ts';

/** A WebVTT object of a video in one language. `key` is in the processed bucket. */
export type Caption = {
  _id: string;
  videoId: string;
  /** The attempt that made it of a track in the file; null for one that was sent, which goes with all attempts. */
  generation: number | null;
  /** BCP 47. */
  language: string;
  title: string;
  source: CaptionSource;
  key: string;
  bytes: number;
  cues: number;
  isDefault: boolean;
  createdAt: Date;
};

const schema = new Schema<Caption>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    generation: { type: Number, default: null },
    language: { type: String, required: true },
    title: { type: String, default: '' },
    source: { type: String, enum: captionSources, required: true },
    key: { type: String, required: true },
    bytes: { type: Number, required: true },
    cues: { type: Number, required: true },
    isDefault: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'captions' },
).index({ videoId: 1, language: 1 });

const idOf = ({ videoId, generation, language }: Omit<Caption, '_id'>) =>
  `${videoId}${generation === null ? '' : `-g${generation}`}-${language}`;

export function captionStore(connection: Connection) {
  const model = connection.model('Caption', schema);
  return {
    /**
     * Stores a caption and gives the one that it replaces: of the same language, and both sent or both of one attempt.
     */
    async put(caption: Omit<Caption, '_id'>, session?: ClientSession): Promise<Caption | undefined> {
      const replaced = await model
        .findOneAndUpdate(
          { _id: idOf(caption) },
          { $set: caption },
          { upsert: true, returnDocument: 'before', ...(session ? { session } : {}) },
        )
        .lean();
      return replaced ?? undefined;
    },

    /**
     * What goes with an attempt, one a language: what was sent wins over what was in the file. In order of language.
     */
    async of(videoId: string, generation: number): Promise<Caption[]> {
      const found = await model
        .find({ videoId, generation: trusted({ $in: [null, generation] }) })
        .sort({ language: 1, generation: -1 })
        .maxTimeMS(5000)
        .lean();
      // Null sorts lowest, so that of one language the sent caption comes last and stays.
      return [...new Map(found.map((caption) => [caption.language, caption])).values()];
    },

    /** Forgets the captions of a whole video, or those that one attempt found in the file. */
    async forget(videoId: string, generation?: number): Promise<void> {
      await model.deleteMany({ videoId, ...(generation === undefined ? {} : { generation }) });
    },

    /** Forgets all captions of a language and gives them, so that their objects can be removed. */
    async remove(videoId: string, language: string, session?: ClientSession): Promise<Caption[]> {
      const found = await model
        .find({ videoId, language })
        .session(session ?? null)
        .lean();
      const ids = found.map(({ _id }) => _id);
      await model.deleteMany({ _id: trusted({ $in: ids }) }, session ? { session } : {});
      return found;
    },
  };
}
