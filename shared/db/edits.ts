import { isDeepStrictEqual } from 'node:util';
import { type ClientSession, type Connection, Schema } from 'mongoose';
import { newId } from '../ids.ts';
import { keyset, type Page } from './keyset.ts';
import type { Video, VideoChange } from './video-record.ts';

/** What somebody has changed of what is said of a video. */
export type Edit = {
  _id: string;
  videoId: string;
  at: Date;
  /** The account. */
  by: string;
  /** The one that the change has made. */
  revision: number;
  changes: Record<string, { from: unknown; to: unknown }>;
};

/** The orders of edits, the usual one first. */
export const editOrders = {
  '-revision': { field: 'revision', direction: -1 },
  revision: { field: 'revision', direction: 1 },
} as const;

const schema = new Schema<Edit>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
    revision: { type: Number, required: true },
    changes: { type: Object, required: true },
  },
  { versionKey: false, collection: 'edits', minimize: false },
).index({ videoId: 1, revision: -1, _id: -1 });

export function editStore(connection: Connection) {
  const model = connection.model('Edit', schema);
  return {
    /** Notes, in the transaction of a change, what of it was new. */
    async add(before: Video, change: VideoChange, by: string, session: ClientSession): Promise<void> {
      const changes = Object.fromEntries(
        Object.entries(change).flatMap(([field, to]) => {
          const from = before[field as keyof VideoChange];
          return to === undefined || isDeepStrictEqual(from, to) ? [] : [[field, { from, to }]];
        }),
      );
      const revision = (before.revision ?? 0) + 1;
      await model.create([{ _id: newId(), videoId: before._id, at: new Date(), by, revision, changes }], {
        session,
      });
    },

    page(videoId: string, page: Page): Promise<Edit[]> {
      const { rest, sort } = keyset(page);
      return model
        .find({ videoId, ...rest })
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<Edit[]>();
    },

    /** People wrote it, so it goes with the video. */
    async forget(videoId: string): Promise<void> {
      await model.deleteMany({ videoId });
    },
  };
}
