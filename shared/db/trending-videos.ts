import { type Connection, type mongo, type QueryFilter, trusted } from 'mongoose';
import { shown } from './shown.ts';
import { type ListedVideo, listed, type Video } from './video-record.ts';

/** As much of a video as its place in a list depends on. */
export type Candidate = Pick<Video, '_id' | 'ownerId' | 'channelTitle' | 'category' | 'regions'> & {
  outside?: Pick<NonNullable<Video['outside']>, 'id'> | null;
};

/** In any of the categories; without them, in whatever. */
type Where = { region: string; categories?: string[] | undefined };

const candidate = { ownerId: 1, channelTitle: 1, category: 1, regions: 1, 'outside.id': 1 } as const;

/** Asked at once: an `$in` of more is slower for each. */
const idsAtOnce = 2000;

/** What trending asks of videos. */
export function trendingVideoStore(connection: Connection) {
  const model = connection.model<Video>('Video');

  return {
    /** Those of the given videos that everyone may see somewhere, by id. */
    async candidates(ids: string[]): Promise<Map<string, Candidate>> {
      const found = new Map<string, Candidate>();
      for (let at = 0; at < ids.length; at += idsAtOnce) {
        const some = ids.slice(at, at + idsAtOnce);
        const rows = model.collection as unknown as mongo.Collection<Video>;
        const videos = await rows
          .find({ _id: { $in: some }, ...shown() } as mongo.Filter<Video>, {
            projection: candidate,
            maxTimeMS: 10_000,
          })
          .toArray();
        for (const video of videos) found.set(video._id, video as Candidate);
      }
      return found;
    },

    /** The newest videos of some categories that everyone may see somewhere. */
    newestOf: (categories: string[], limit: number): Promise<Candidate[]> =>
      model
        .find({ ...shown(), category: trusted({ $in: categories }) })
        .sort({ publishedAt: -1, _id: -1 })
        .limit(limit)
        .select(candidate)
        .maxTimeMS(10_000)
        .lean<Candidate[]>(),

    /** Those of the given videos that everyone may see in a region, in no order. */
    shownOf: (ids: string[], region: string, categories?: string[]): Promise<ListedVideo[]> =>
      model
        .find({ _id: trusted({ $in: ids }), ...shownIn(region, categories) })
        .select(listed)
        .maxTimeMS(5000)
        .lean<ListedVideo[]>(),

    /** What everyone may see in a region without the given videos, most viewed first; from behind `after` on. */
    byViews: (
      { region, categories, without }: Where & { without: string[] },
      limit: number,
      after?: { views: number; id: string },
    ): Promise<ListedVideo[]> =>
      model
        .find({
          ...shownIn(region, categories),
          _id: trusted({ $nin: without }),
          ...(after && {
            views: trusted({ $lte: after.views }),
            $or: [{ views: trusted({ $lt: after.views }) }, { _id: trusted({ $gt: after.id }) }],
          }),
        })
        .sort({ views: -1, _id: 1 })
        .limit(limit)
        .select(listed)
        .maxTimeMS(5000)
        .lean<ListedVideo[]>(),

    /** How many of the given videos everyone may see in a region, and how many others there are, `most` at most. */
    async countShown(
      { region, categories, ranked }: Where & { ranked: string[] },
      most: number,
    ): Promise<number> {
      const count = (ids: object, limit: number) =>
        model.countDocuments(
          { ...shownIn(region, categories), _id: trusted(ids) },
          { limit, maxTimeMS: 5000 },
        );
      const [inRanks, others] = await Promise.all([
        ranked.length === 0 ? 0 : count({ $in: ranked }, ranked.length),
        count({ $nin: ranked }, most),
      ]);
      return inRanks + others;
    },
  };
}

function shownIn(region: string, categories: string[] | undefined): QueryFilter<Video> {
  return { ...shown(region), ...(categories && { category: trusted({ $in: categories }) }) };
}
