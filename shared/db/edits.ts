import { isDeepStrictEqual } from 'node:util';
import { type ClientSession, type Connection, Schema } from 'mongoose';
import { newId } from '../ids.ts';
import { keyset, type Page } from './keyset.ts';
import type { Video, VideoChange } from './video-record.ts';

/** What is said of a video, as far as it was changed; and as it was before. */
type Edited = { before: Pick<Video, '_id' | 'revision'>; change: VideoChange | Partial<Video> };

/** What somebody has changed of what is said of a video. */
export type Edit = {
  _id: string;
  videoId: string;
  at: Date;
  /** The account; `operator` for an import. */
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
    /** Notes, in the transaction of changes, what of each was new. */
    async add(edited: Edited[], by: string, session: ClientSession): Promise<void> {
      if (edited.length === 0) return;
      const at = new Date();
      const edits = edited.map(({ before, change }) => {
        const revision = (before.revision ?? 0) + 1;
        return { _id: newId(), videoId: before._id, at, by, revision, changes: newIn(before, change) };
      });
      await model.insertMany(edits, { session });
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

function newIn(before: Edited['before'] & Partial<Video>, change: Edited['change']): Edit['changes'] {
  return Object.fromEntries(
    Object.entries(change).flatMap(([field, to]) => {
      const from = before[field as keyof Video];
      return to === undefined || isDeepStrictEqual(from, to) ? [] : [[field, { from, to }]];
    }),
  );
}
