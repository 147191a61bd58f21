import { type ClientSession, type Connection, trusted } from 'mongoose';
import { newId } from '../ids.ts';
import { sourcesOf, type VideoState } from '../video-state.ts';
import {
  type Attempt,
  type NewVideo,
  type TakeDown,
  type Video,
  type VideoChange,
  type ViewedVideo,
  videoSchema,
  viewed,
  type WatchedVideo,
  watched,
} from './video-record.ts';

const viewedFields = Object.fromEntries(viewed.map((field) => [field, 1]));

export function videoStore(connection: Connection) {
  const model = connection.model('Video', videoSchema);

  return {
    /** For records from before there were these fields. */
    async addFields(): Promise<void> {
      const lists = { regions: [], commentsOff: false, likes: 0, comments: 0 };
      const nulls = { minimumAge: null, takenDown: null, outside: null };
      const older = { publishedAt: trusted({ $exists: false }) };
      const added = { ...lists, ...nulls, channelTitle: '', publishedAt: '$createdAt', searchStale: newId() };
      if (!(await model.exists(older))) return;
      await sumViews(connection);
      await model.updateMany(older, [{ $set: added }], { updatePipeline: true });
    },

    async create(video: NewVideo, session: ClientSession): Promise<void> {
      const now = new Date();
      const history = [{ state: 'draft' as const, generation: 1, at: now }];
      await model.create(
        [
          {
            publishedAt: now,
            ...video,
            state: 'draft',
            generation: 1,
            heardAt: now,
            createdAt: now,
            history,
          },
        ],
        { session },
      );
    },

    find: (id: string, session: ClientSession | null = null): Promise<Video | null> =>
      model.findById(id).session(session).lean(),

    /** By the driver alone: what is asked most would cost half as much again through mongoose. */
    watch: (id: string): Promise<WatchedVideo | null> =>
      model.collection.findOne<WatchedVideo>({ _id: id as never }, { projection: watched }),

    /** Also asked often. */
    findViewed: (id: string): Promise<ViewedVideo | null> =>
      model.collection.findOne<ViewedVideo>({ _id: id as never }, { projection: viewedFields }),

    /**
     * Moves a video to a state by one compare-and-set on its generation and on the states that lead there.
     * Undefined when nothing matched: another attempt won, and the caller must stop and write nothing.
     */
    async move(
      { videoId, generation }: Attempt,
      state: VideoState,
      change: Partial<Video>,
      session: ClientSession,
    ): Promise<Video | undefined> {
      const now = new Date();
      // What everyone may see begins, ends or looks different with these alone.
      const stale = state === 'ready' || state === 'deleted' ? { searchStale: newId() } : {};
      const moved = await model
        .findOneAndUpdate(
          { _id: videoId, generation, state: trusted({ $in: sourcesOf(state) }) },
          {
            $set: { ...change, ...stale, state, heardAt: now, purgedAt: null },
            $push: { history: { $each: [{ state, generation, at: now }], $slice: -100 } },
          },
          { returnDocument: 'after', session },
        )
        .lean();
      return moved ?? undefined;
    },

    /**
     * Begins another attempt, with the next generation. What plays goes on playing; of an attempt that never became
     * ready nothing is kept. Undefined when nothing matched, as in `move`.
     */
    async begin(
      { videoId, generation }: Attempt,
      from: readonly VideoState[],
      change: Partial<Video>,
      session: ClientSession,
    ): Promise<Video | undefined> {
      const filter = { _id: videoId, generation, state: trusted({ $in: from }) };
      const before = await model.findOne(filter).session(session).lean();
      if (!before) return undefined;
      const next = { state: 'uploaded', generation: generation + 1 } as const;
      const heardAt = new Date();
      const lost =
        before.activeGeneration === null ? { playableAt: null, hasPoster: false, warnings: [] } : {};
      const fresh = { ...next, ...lost, heardAt, plan: null, failure: null, resumes: 0, purgedAt: null };
      const history = { $each: [{ ...next, at: heardAt }], $slice: -100 };
      const update = { $set: { ...fresh, ...change }, $push: { history } };
      const options = { returnDocument: 'after', session } as const;
      return (await model.findOneAndUpdate(filter, update, options).lean()) ?? undefined;
    },

    /**
     * A person's change, on the revision that the person has seen; without one, on whatever there is. The video as it
     * was just before and as it is now. Undefined when nothing matched: somebody else was faster, or the video is gone.
     */
    async change(
      id: string,
      revision: number | undefined,
      change: VideoChange,
      session: ClientSession,
    ): Promise<{ before: Video; after: Video } | undefined> {
      const seen = revision === undefined ? {} : { revision: revision || trusted({ $in: [0, null] }) };
      const filter = { _id: id, state: trusted({ $ne: 'deleted' as const }), ...seen };
      const update = { $set: { ...change, searchStale: newId() }, $inc: { revision: 1 } };
      const before = await model
        .findOneAndUpdate(filter, update, { returnDocument: 'before', session })
        .lean();
      if (!before) return undefined;
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const revised = { ...Object.fromEntries(given), revision: (before.revision ?? 0) + 1 };
      return { before, after: { ...before, ...revised } };
    },

    /** So many more that like it, or comments that are shown; 0 only looks. Undefined when the video is gone. */
    async count(
      id: string,
      what: 'likes' | 'comments',
      by: number,
      session: ClientSession,
    ): Promise<Pick<Video, 'likes' | 'comments'> | undefined> {
      const filter = { _id: id, state: trusted({ $ne: 'deleted' as const }) };
      const fields = { likes: 1, comments: 1 } as const;
      const found =
        by === 0
          ? model.findOne(filter, fields, { session })
          : model.findOneAndUpdate(
              filter,
              { $inc: { [what]: by } },
              { returnDocument: 'after', projection: fields, session },
            );
      return (await found.lean()) ?? undefined;
    },

    /**
     * Hides a video from all but its owner and overseers, or shows it again with null. It is the one write by which
     * either happens. False when it is gone.
     */
    async takeDown(id: string, takenDown: TakeDown | null, session: ClientSession): Promise<boolean> {
      const filter = { _id: id, state: trusted({ $ne: 'deleted' as const }) };
      const change = { $set: { takenDown, searchStale: newId() } };
      return (await model.updateOne(filter, change, { session })).matchedCount === 1;
    },

    /** Which comment stands at the top; null: none. */
    async pin(id: string, pinnedCommentId: string | null): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { pinnedCommentId } });
    },

    async unpin(id: string, pinnedCommentId: string): Promise<void> {
      await model.updateOne({ _id: id, pinnedCommentId }, { $set: { pinnedCommentId: null } });
    },

    /** Of those of the given videos that are not deleted, in no order. */
    titles: (ids: string[]): Promise<Pick<Video, '_id' | 'title'>[]> =>
      model
        .find({ _id: trusted({ $in: ids }), state: trusted({ $ne: 'deleted' as const }) })
        .select({ title: 1 })
        .lean(),

    /** Adds views to the counts that videos show. Nothing happens to what is gone. */
    async addViews(counts: { videoId: string; views: number }[], session: ClientSession): Promise<void> {
      const sums = new Map<string, number>();
      for (const { videoId, views } of counts) sums.set(videoId, (sums.get(videoId) ?? 0) + views);
      const operations = [...sums].flatMap(([_id, views]) =>
        views === 0 ? [] : [{ updateOne: { filter: { _id }, update: { $inc: { views } } } }],
      );
      if (operations.length === 0) return;
      await model.collection.bulkWrite(operations as never, { session, ordered: false });
    },

    /** A sign of life from a job. False when the attempt is no longer the current one in that state. */
    async heard({ videoId, generation }: Attempt, state: VideoState): Promise<boolean> {
      const change = { $set: { heardAt: new Date() } };
      const { matchedCount } = await model.updateOne({ _id: videoId, generation, state }, change);
      return matchedCount === 1;
    },

    /** Notes once that an attempt can be watched, unless it is over. */
    async becamePlayable({ videoId, generation }: Attempt): Promise<void> {
      const state = trusted({ $in: ['encoding', 'publishing'] });
      const unmarked = { _id: videoId, generation, playableAt: null, state } as object;
      await model.updateOne(unmarked, { $set: { playableAt: new Date() } });
    },
  };
}

/**
 * Gives records from before videos showed their views what the hourly counts have. They are told by `publishedAt`,
 * which comes last.
 */
async function sumViews(connection: Connection): Promise<void> {
  const all = [{ $group: { _id: null, views: { $sum: '$views' } } }];
  const buckets = { from: 'view_buckets', localField: '_id', foreignField: 'videoId', pipeline: all };
  await connection
    .collection('videos')
    .aggregate([
      { $match: { publishedAt: { $exists: false } } },
      { $lookup: { ...buckets, as: 'counted' } },
      { $project: { views: { $ifNull: [{ $first: '$counted.views' }, 0] } } },
      { $merge: { into: 'videos', whenMatched: 'merge', whenNotMatched: 'discard' } },
    ])
    .toArray();
}
