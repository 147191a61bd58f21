import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type PosterSource, posterSources, posterUploadStates } from '../contracts/images.ts';
import { newId } from '../ids.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import {
  endOfExpired,
  type PictureUpload,
  type UploadedPicture,
  uploadedPictures,
} from './uploaded-pictures.ts';
import type { Attempt } from './video-record.ts';

/**
 * One version of a video's poster. Asking for another one adds a version; what is shown is the last ready one
 * that somebody chose, else the last one that was made of itself.
 */
export type Poster = UploadedPicture & {
  videoId: string;
  /** The attempt that it was made of. */
  generation: number;
  source: PosterSource;
  isChosen: boolean;
  /** The time in the video that it shows, when that was chosen. */
  seconds: number | null;
  /** Pixels, rising. */
  widths: number[];
  /** Since when a later choice is ready; null of what a later one may still leave standing. */
  replacedAt: Date | null;
};

const schema = new Schema<Poster>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    generation: { type: Number, required: true },
    source: { type: String, enum: posterSources, required: true },
    isChosen: { type: Boolean, required: true },
    version: { type: Number, default: null },
    state: { type: String, enum: posterUploadStates, required: true },
    error: { type: Object, default: null },
    seconds: { type: Number, default: null },
    upload: { type: Object, default: null },
    widths: { type: [Number], default: [] },
    heardAt: { type: Date, required: true },
    replacedAt: { type: Date, default: null },
  },
  { versionKey: false, collection: 'posters' },
)
  // Two that ask at the same moment cannot get the same version.
  .index(
    { videoId: 1, version: 1 },
    { unique: true, partialFilterExpression: { version: { $type: 'number' } } },
  )
  // That one is for writes alone: MongoDB reads by it only what is asked for as a number.
  .index({ videoId: 1, isChosen: -1, version: -1 })
  .index({ state: 1, heardAt: 1 })
  .index({ heardAt: 1 }, endOfExpired)
  .index({ replacedAt: 1 }, { partialFilterExpression: { replacedAt: { $type: 'date' } } });

const lastFirst = { isChosen: -1, version: -1 } as const;

export function posterStore(connection: Connection) {
  const model = connection.model('Poster', schema);
  const uploads = uploadedPictures<Poster>(connection, 'Poster', { isChosen: true });

  async function nextVersion(videoId: string, session?: ClientSession): Promise<number> {
    const known = model.findOne({ videoId }).session(session ?? null);
    const last = await known.sort({ version: -1 }).select({ version: 1 }).lean();
    return (last?.version ?? 0) + 1;
  }

  async function insert(
    poster: Pick<Poster, 'videoId' | 'generation' | 'source'> & Partial<Poster>,
    session?: ClientSession,
  ) {
    const made: Poster = {
      _id: newId(),
      isChosen: poster.source !== 'auto',
      version: null,
      state: 'making',
      error: null,
      seconds: null,
      upload: null,
      widths: [],
      heardAt: new Date(),
      replacedAt: null,
      ...poster,
    };
    await model.create([made], session ? { session } : {});
    return made;
  }

  return {
    ...uploads,

    byVersion: (videoId: string, version: number): Promise<Poster | null> =>
      model.findOne({ videoId, version }).lean(),

    /** The version that Millrace makes of an attempt by itself; the same one when the job runs again. */
    async auto({ videoId, generation }: Attempt): Promise<Poster> {
      const known = await model.findOne({ videoId, generation, source: 'auto' }).lean();
      if (known) return known;
      return unlessTaken(async () =>
        insert({ videoId, generation, source: 'auto', version: await nextVersion(videoId) }),
      );
    },

    /** The same version twice is a duplicate key, for this and for `arrived`: the transaction is done again. */
    async ofTime({ videoId, generation }: Attempt, seconds: number, session: ClientSession): Promise<Poster> {
      const version = await nextVersion(videoId, session);
      return insert({ videoId, generation, source: 'time', seconds, version }, session);
    },

    /** A ticket: it becomes a version when its bytes are there. */
    ticket: (poster: Pick<Poster, '_id' | 'videoId' | 'generation'> & { upload: PictureUpload }) =>
      insert({ ...poster, source: 'upload', state: 'waiting' }),

    /** Undefined when the ticket was used, or has run out. */
    arrived: async ({ _id, videoId }: Poster, etag: string, session: ClientSession) =>
      uploads.arrived(_id, await nextVersion(videoId, session), etag, session),

    async ready(id: string, widths: number[]): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { state: 'ready', widths, error: null } });
    },

    /** Notes which choices came before one that is ready. It is never taken back: a choice that is ready stays. */
    async replace(videoId: string): Promise<void> {
      const chosen = { videoId, isChosen: true };
      const last = await model
        .findOne({ ...chosen, state: 'ready' })
        .sort(lastFirst)
        .lean();
      if (last?.version == null) return;
      const before = {
        version: trusted({ $lt: last.version }),
        state: trusted({ $in: ['ready', 'failed'] }),
      };
      await model.updateMany({ ...chosen, ...before, replacedAt: null } as object, {
        $set: { replacedAt: new Date() },
      });
    },

    /** Choices that were replaced before a time. */
    replaced: (before: Date, limit: number): Promise<Poster[]> =>
      model
        .find({ replacedAt: trusted({ $lt: before }) } as object)
        .limit(limit)
        .lean(),

    async remove(id: string): Promise<void> {
      await model.deleteOne({ _id: id });
    },

    /** Forgets the posters of a whole video, or the one that an attempt made of itself. */
    async forget(videoId: string, generation?: number): Promise<void> {
      await model.deleteMany({
        videoId,
        ...(generation === undefined ? {} : { generation, isChosen: false }),
      });
    },

    /** What was asked for last: a choice of somebody goes before what is made of itself. */
    last: (videoId: string): Promise<Poster | null> =>
      model
        .findOne({ videoId, state: trusted({ $in: ['making', 'ready', 'failed'] }) })
        .sort(lastFirst)
        .lean(),

    /** What stands for the video while this attempt plays. */
    shown: ({ videoId, generation }: Attempt): Promise<Poster | null> =>
      model
        .findOne({ videoId, state: 'ready', $or: [{ isChosen: true }, { generation }] })
        .sort(lastFirst)
        .lean(),
  };
}

/** Tries again while another one is faster in taking the next version. */
async function unlessTaken<T>(take: () => Promise<T>, tries = 10): Promise<T> {
  try {
    return await take();
  } catch (error) {
    if (!isDuplicateKey(error) || tries <= 1) throw error;
    return unlessTaken(take, tries - 1);
  }
}
