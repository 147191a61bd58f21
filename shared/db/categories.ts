import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { visibilities } from '../contracts/videos.ts';
import { usualCategories } from '../usual-categories.ts';
import { videoStates } from '../video-state.ts';
import type { Video } from './video-record.ts';

/** What videos are about. Its id is a word that stays; its names may change. */
export type Category = {
  _id: string;
  parentId: string | null;
  /** By language (ISO 639-1). */
  names: Record<string, string>;
  /** Among those of one parent the lowest come first. */
  order: number;
  /** Counts changes by people, so that two of them cannot overwrite each other. */
  revision: number;
};

type CategoryChange = {
  [Field in 'parentId' | 'names' | 'order']?: Category[Field] | undefined;
};

const schema = new Schema<Category & { held: number }>(
  {
    _id: { type: String, required: true },
    parentId: { type: String, default: null },
    names: { type: Object, required: true },
    order: { type: Number, default: 0 },
    revision: { type: Number, default: 1 },
    held: { type: Number, default: 0 },
  },
  { versionKey: false, collection: 'categories' },
).index({ parentId: 1 });

/** How long another process's change may go unseen. */
const cacheMilliseconds = 5000;

export function categoryStore(connection: Connection) {
  const model = connection.model('Category', schema);
  const videos = connection.model<Video>('Video');
  let cached: { categories: Promise<Category[]>; until: number } | undefined;

  /** All of them, of this moment or some seconds ago. */
  function all(): Promise<Category[]> {
    if (cached && cached.until > performance.now()) return cached.categories;
    const categories = model.find().select({ held: 0 }).lean<Category[]>().exec();
    const mine = { categories, until: performance.now() + cacheMilliseconds };
    cached = mine;
    categories.catch(() => {
      if (cached === mine) cached = undefined;
    });
    return categories;
  }

  return {
    all,

    /** After a change has been committed: this process sees it from now on. */
    renew(): void {
      cached = undefined;
    },

    /** Those that videos usually are about, where there are none yet. */
    async seed(session: ClientSession): Promise<void> {
      if ((await model.countDocuments().session(session)) > 0) return;
      await model.insertMany(usualCategories, { session });
    },

    /** One that another process has just made is known at once, one that it has removed is for some seconds still. */
    exists: async (id: string): Promise<boolean> =>
      (await all()).some(({ _id }) => _id === id) || (await model.exists({ _id: id })) !== null,

    /** A category and all below it. */
    async within(id: string): Promise<string[]> {
      const categories = await all();
      const found = new Set([id]);
      // What is added is visited too.
      for (const parent of found) {
        for (const { _id, parentId } of categories) if (parentId === parent) found.add(_id);
      }
      return [...found];
    },

    find: (id: string): Promise<Category | null> => model.findById(id).select({ held: 0 }).lean<Category>(),

    /**
     * Marks one that a video comes into, in the transaction or after it: who removes it at the same moment begins again
     * and sees that video. False where it is not there.
     */
    async hold(id: string, session?: ClientSession): Promise<boolean> {
      const options = session ? { session } : {};
      const { matchedCount } = await model.updateOne({ _id: id }, { $inc: { held: 1 } }, options);
      return matchedCount === 1;
    },

    /**
     * A category and all above it, each marked: of two that change the tree along one line at the same moment, the
     * second begins again and sees what the first one did. Undefined where it is not there.
     */
    async lineage(id: string, session: ClientSession): Promise<string[] | undefined> {
      const line: string[] = [];
      for (let next: string | null = id; next !== null; ) {
        const found: Category | null = await model
          .findByIdAndUpdate(next, { $inc: { held: 1 } }, { session })
          .lean();
        if (!found) return undefined;
        line.push(next);
        next = found.parentId;
      }
      return line;
    },

    /** Undefined when there is one of this id. */
    async create(
      category: Omit<Category, 'revision'>,
      session: ClientSession,
    ): Promise<Category | undefined> {
      if (await model.exists({ _id: category._id }).session(session)) return undefined;
      const made = { ...category, revision: 1 };
      await model.create([made], { session });
      return made;
    },

    /** Undefined when nothing matched: somebody else was faster, or it is gone. */
    async change(
      id: string,
      revision: number | undefined,
      change: CategoryChange,
      session: ClientSession,
    ): Promise<Category | undefined> {
      const filter = { _id: id, ...(revision === undefined ? {} : { revision }) };
      const update = { $set: change, $inc: { revision: 1 } };
      const options = { returnDocument: 'after', session } as const;
      const found = await model.findOneAndUpdate(filter, update, options).select({ held: 0 });
      return found?.toObject() ?? undefined;
    },

    /** What a category is in use by, if by anything. */
    async usedBy(id: string, session: ClientSession): Promise<'categories' | 'videos' | undefined> {
      if (await model.exists({ parentId: id }).session(session)) return 'categories';
      // Those that play by the index of lists, the few others by that of their states.
      const playing = { visibility: trusted({ $in: visibilities }), activeGeneration: trusted({ $gte: 0 }) };
      const working = videoStates.filter((state) => state !== 'deleted' && state !== 'ready');
      const others = { state: trusted({ $in: working }), activeGeneration: null };
      for (const those of [{ ...playing, state: trusted({ $ne: 'deleted' as const }) }, others]) {
        if (await videos.exists({ category: id, ...those }).session(session)) return 'videos';
      }
      return undefined;
    },

    async remove(id: string, session: ClientSession): Promise<boolean> {
      const { deletedCount } = await model.deleteOne({ _id: id }, { session });
      return deletedCount === 1;
    },
  };
}
