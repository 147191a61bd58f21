import { type Connection, trusted } from 'mongoose';
import type { ListedVideo, Video } from './videos.ts';

const listed = { plan: 0, history: 0 } as const;

/** What everyone may see: a video that is encoded again goes on playing meanwhile. */
const shown = () => ({
  visibility: 'public' as const,
  activeGeneration: trusted({ $gt: 0 }),
  state: trusted({ $ne: 'deleted' as const }),
  // Null, or not there, is active.
  ownerStatus: trusted({ $in: ['active' as const, null] }),
});

/** Where a page of the newest videos begins: just after this one. */
export type After = { createdAt: Date; id: string };

/** What viewers ask: lists of videos. */
export function catalogueStore(connection: Connection) {
  const model = connection.model<Video>('Video');
  return {
    /** The newest first: what everyone may see, or all that one owner has. */
    async page(scope: { ownerId: string } | 'public', limit: number, after?: After): Promise<ListedVideo[]> {
      const query =
        scope === 'public'
          ? model.find(shown())
          : model.find({ ownerId: scope.ownerId, state: trusted({ $nin: ['draft', 'deleted'] }) });
      if (after) {
        const { createdAt, id } = after;
        const earlier = { createdAt: trusted({ $lt: createdAt }) };
        query.where({ $or: [earlier, { createdAt, _id: trusted({ $lt: id }) }] });
      }
      return query.select(listed).sort({ createdAt: -1, _id: -1 }).limit(limit).maxTimeMS(5000).lean();
    },

    /** Those of the given videos that everyone may see, in no order. */
    publicOnes: (ids: string[], category?: string): Promise<ListedVideo[]> =>
      model
        .find({
          _id: trusted({ $in: ids }),
          ...shown(),
          ...(category === undefined ? {} : { category }),
        })
        .select(listed)
        .maxTimeMS(5000)
        .lean(),
  };
}
