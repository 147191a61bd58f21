import { type Connection, trusted } from 'mongoose';
import type { VideoState } from '../video-state.ts';
import type { Attempt, Video } from './video-record.ts';

/** As much of a video as tells which of its attempts are wanted. */
export type Fate = Pick<Video, '_id' | 'state' | 'generation' | 'activeGeneration' | 'purgedAt'>;
export type EndedVideo = Fate & Pick<Video, 'source' | 'heardAt' | 'outside'>;

const fate = { state: 1, generation: 1, activeGeneration: 1, purgedAt: 1 } as const;

/** What a sweep asks: which videos have gone quiet, and which have left behind what nobody needs. */
export function upkeepStore(connection: Connection) {
  const model = connection.model<Video>('Video');
  return {
    /** Counts one more resume of a quiet video, and marks it as heard of so that the next sweep waits. */
    async resumed({ videoId, generation }: Attempt): Promise<number> {
      const found = await model
        .findOneAndUpdate(
          { _id: videoId, generation },
          { $inc: { resumes: 1 }, $set: { heardAt: new Date() } },
          { returnDocument: 'after' },
        )
        .lean();
      return found?.resumes ?? 0;
    },

    /** Videos in a state that nothing has been heard of since. */
    quiet: (state: VideoState, since: Date, limit: number): Promise<Video[]> =>
      model
        .find({ state, heardAt: trusted({ $lt: since }) })
        .sort({ heardAt: 1 })
        .limit(limit)
        .lean(),

    /** Videos that ended in a state before a time and have not been purged since; the oldest first. */
    due: (state: VideoState, before: Date, limit: number): Promise<EndedVideo[]> =>
      model
        .find({ purgedAt: null, state, heardAt: trusted({ $lt: before }) })
        .select({ ...fate, source: 1, heardAt: 1, outside: 1 })
        .sort({ heardAt: 1 })
        .limit(limit)
        .lean(),

    /**
     * Notes that nothing is left, unless the video has moved on meanwhile. Of a deleted one stays that it was there:
     * what people wrote about it goes too.
     */
    async purged({ _id, state, generation, activeGeneration, heardAt, outside }: EndedVideo): Promise<void> {
      const words = {
        title: '',
        description: '',
        category: null,
        tags: [],
        language: null,
        channelTitle: '',
        takenDown: null,
        pinnedCommentId: null,
        // By its id another import knows that it was deleted.
        ...(outside ? { 'outside.playUrl': null, 'outside.posterUrl': null } : {}),
      };
      const results = { plan: null, renditions: [], audio: [], warnings: [], activeGeneration: null };
      await model.updateOne(
        { _id, state, generation, heardAt },
        {
          $set: {
            ...(state === 'deleted' ? { ...words, ...results } : {}),
            ...(activeGeneration === null || state === 'deleted' ? { hasPoster: false } : {}),
            purgedAt: new Date(),
          },
        },
      );
    },

    /** Those of the given videos that there are, in no order. */
    fates: (ids: string[]): Promise<Fate[]> =>
      model
        .find({ _id: trusted({ $in: ids }) })
        .select(fate)
        .lean(),
  };
}

/**
 * Whether what belongs to a video, or to one attempt at it, may still be needed. All of it may until the video has
 * been purged: somebody may be watching what was replaced.
 */
export function isWanted(video: Fate, generation?: number): boolean {
  if (video.purgedAt === null) return true;
  return video.state !== 'deleted' && (generation === undefined || generation === video.activeGeneration);
}
