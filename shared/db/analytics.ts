import type { Connection } from 'mongoose';
import type { Step } from '../contracts/analytics.ts';
import { videoStates } from '../video-state.ts';
import type { Video } from './video-record.ts';
import type { Counts, HourBucket } from './views.ts';

export type Figures = Omit<Counts, 'watchShare'>;

/** What was counted in one day or hour, from one region. */
export type Measured = Figures & { at: Date; region: string };

/** From a time on, until another. */
export type Period = { from: Date; until: Date; by: Step };

export type OwnCounts = Pick<Video, 'views' | 'likes' | 'comments'> & { videos: number };
export type CountedVideo = Pick<Video, '_id' | 'title' | 'views' | 'likes' | 'comments'>;

const maxTimeMS = 5000;
/** Each by name: so the most viewed of each come from the index in order, and need no sorting. */
const kept = { $in: videoStates.filter((state) => state !== 'deleted') };

/** What owners are told of their videos. */
export function analyticsStore(connection: Connection) {
  const buckets = connection.model<HourBucket>('HourBucket').collection;
  const videos = connection.model<Video>('Video').collection;
  const sum = (name: string) => ({ $sum: `$${name}` });
  return {
    /** In the order of time and region, without what was never counted. */
    ofVideo: (videoId: string, { from, until, by }: Period): Promise<Measured[]> =>
      buckets
        .aggregate<Measured>(
          [
            { $match: { videoId, hour: { $gte: from, $lt: until } } },
            {
              $group: {
                _id: { at: { $dateTrunc: { date: '$hour', unit: by } }, region: '$region' },
                ...{ views: sum('views'), watchSeconds: sum('watchSeconds') },
                ...{ likes: sum('likes'), comments: sum('comments') },
              },
            },
            { $sort: { '_id.at': 1, '_id.region': 1 } },
            { $replaceWith: { $mergeObjects: ['$$ROOT', '$_id'] } },
            { $unset: '_id' },
          ],
          { maxTimeMS },
        )
        .toArray(),

    /** Of all videos of an account. */
    async ofOwner(ownerId: string): Promise<OwnCounts> {
      const none = { videos: 0, views: 0, likes: 0, comments: 0 };
      const counts = {
        videos: { $sum: 1 },
        views: sum('views'),
        likes: sum('likes'),
        comments: sum('comments'),
      };
      const [found] = await videos
        .aggregate<OwnCounts>(
          [{ $match: { ownerId, state: kept } }, { $group: { _id: null, ...counts } }, { $unset: '_id' }],
          { maxTimeMS },
        )
        .toArray();
      return found ?? none;
    },

    mostViewed: (ownerId: string, limit: number): Promise<CountedVideo[]> =>
      videos
        .find<CountedVideo>({ ownerId: ownerId as never, state: kept as never })
        .project<CountedVideo>({ title: 1, views: 1, likes: 1, comments: 1 })
        .sort({ views: -1, _id: 1 })
        .limit(limit)
        .maxTimeMS(maxTimeMS)
        .toArray(),
  };
}
