import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type CreditRole, creditRoles } from '../contracts/credits.ts';
import { newId } from '../ids.ts';
import { keyset, type Page } from './keyset.ts';
import type { Person } from './people.ts';
import { shown } from './shown.ts';
import { type ListedVideo, listed, type Video } from './video-record.ts';

/** What a person did in a video. Of one video no two have the same person, role and character. */
export type Credit = {
  _id: string;
  videoId: string;
  personId: string;
  role: CreditRole;
  /** Whom the person played; empty: nobody. */
  character: string;
  /** Rises through the list of a video. */
  order: number;
};

export type CreditWords = Pick<Credit, 'personId' | 'role' | 'character'>;

const schema = new Schema<Credit>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    personId: { type: String, required: true },
    role: { type: String, enum: creditRoles, required: true },
    character: { type: String, default: '' },
    order: { type: Number, required: true },
  },
  { versionKey: false, collection: 'credits' },
)
  .index({ videoId: 1, personId: 1, role: 1, character: 1 }, { unique: true })
  .index({ videoId: 1, order: 1, _id: 1 })
  .index({ personId: 1, videoId: 1 });

/** Equal for two credits that would be the same. */
export const creditKey = ({ personId, role, character }: CreditWords) =>
  JSON.stringify([personId, role, character]);

const inOrder = { order: 1, _id: 1 } as const;

export function creditStore(connection: Connection) {
  const model = connection.model('Credit', schema);
  const people = connection.model<Person>('Person');
  const videos = connection.model<Video>('Video');

  return {
    of: (videoId: string, session: ClientSession | null = null): Promise<Credit[]> =>
      model.find({ videoId }).session(session).sort(inOrder).maxTimeMS(5000).lean(),

    /** The credits of a person in some videos, or in all. */
    ofPerson: (
      personId: string,
      videoIds?: string[],
      session: ClientSession | null = null,
    ): Promise<Credit[]> =>
      model
        .find({ personId, ...(videoIds ? { videoId: trusted({ $in: videoIds }) } : {}) })
        .session(session)
        .sort(inOrder)
        .lean(),

    /** Makes a video's credits these, in this order; what stays keeps its id. The people who are named anew. */
    async replace(videoId: string, wanted: CreditWords[], session: ClientSession): Promise<string[]> {
      const known = new Map((await this.of(videoId, session)).map((one) => [creditKey(one), one]));
      const kept = wanted.flatMap((one, order) => {
        const there = known.get(creditKey(one));
        return there ? [{ ...there, order, isMoved: there.order !== order }] : [];
      });
      const keptIds = new Set(kept.map(({ _id }) => _id));
      const gone = [...known.values()].flatMap(({ _id }) => (keptIds.has(_id) ? [] : [_id]));
      if (gone.length > 0) await model.deleteMany({ _id: trusted({ $in: gone }) }, { session });
      const moves = kept.filter(({ isMoved }) => isMoved);
      if (moves.length > 0) {
        const updates = moves.map(({ _id, order }) => ({
          updateOne: { filter: { _id }, update: { $set: { order } } },
        }));
        await model.bulkWrite(updates, { session });
      }
      const added = wanted.flatMap((one, order) =>
        known.has(creditKey(one)) ? [] : [{ _id: newId(), videoId, ...one, order }],
      );
      if (added.length > 0) await model.insertMany(added, { session });
      return [...new Set(added.map(({ personId }) => personId))];
    },

    isOf: async (videoId: string, id: string): Promise<boolean> =>
      (await model.exists({ _id: id, videoId })) !== null,

    /** Gives what one person did to another; what both did in the same video stays once. The videos concerned. */
    async give(from: string, into: string, session: ClientSession): Promise<string[]> {
      const theirs = await this.ofPerson(from, undefined, session);
      const videoIds = [...new Set(theirs.map(({ videoId }) => videoId))];
      const known = new Set(
        (await this.ofPerson(into, videoIds, session)).map((one) => one.videoId + creditKey(one)),
      );
      const isDouble = (one: Credit) => known.has(one.videoId + creditKey({ ...one, personId: into }));
      const doubles = theirs.filter(isDouble).map(({ _id }) => _id);
      await model.deleteMany({ _id: trusted({ $in: doubles }) }, { session });
      await model.updateMany({ personId: from }, { $set: { personId: into } }, { session });
      return videoIds;
    },

    /** Forgets what a person did. The videos concerned. */
    async forgetPerson(personId: string, session: ClientSession): Promise<string[]> {
      const videoIds = await model.distinct('videoId', { personId }).session(session);
      await model.deleteMany({ personId }, { session });
      return videoIds;
    },

    /** Forgets the credits of a video that is gone. */
    async forget(videoId: string): Promise<void> {
      await model.deleteMany({ videoId });
    },

    /** Every video that names the person. */
    videosOf: (personId: string, session: ClientSession | null = null): Promise<string[]> =>
      model.distinct('videoId', { personId }).session(session).exec(),

    /** Whether somebody else's video names the person; deleted ones do not count. */
    async isNamedByOthers(person: Person, session: ClientSession): Promise<boolean> {
      const ids = await this.videosOf(person._id, session);
      const others = person.createdBy === null ? {} : { ownerId: trusted({ $ne: person.createdBy }) };
      const there = { _id: trusted({ $in: ids }), state: trusted({ $ne: 'deleted' as const }) };
      return (await videos.exists({ ...there, ...others }).session(session)) !== null;
    },

    /** The person's videos that everyone may see. */
    async page(personId: string, page: Page): Promise<ListedVideo[]> {
      const { rest, sort } = keyset(page);
      const ids = await this.videosOf(personId);
      return videos
        .find({ $and: [{ _id: trusted({ $in: ids }), ...shown() }, rest] })
        .select(listed)
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<ListedVideo[]>();
    },

    /** The names of each video's people, each once, in the order of its credits; videos without any are left out. */
    async namesOf(videoIds: string[], session: ClientSession | null = null): Promise<Map<string, string[]>> {
      const found = await model
        .find({ videoId: trusted({ $in: videoIds }) })
        .session(session)
        .sort(inOrder)
        .lean();
      const ids = [...new Set(found.map(({ personId }) => personId))];
      const named = await people
        .find({ _id: trusted({ $in: ids }) })
        .session(session)
        .select({ name: 1 })
        .lean();
      const byId = new Map(named.map(({ _id, name }) => [_id, name]));
      const names = new Map<string, Set<string>>();
      for (const { videoId, personId } of found) {
        const name = byId.get(personId);
        if (name === undefined) continue;
        names.set(videoId, (names.get(videoId) ?? new Set()).add(name));
      }
      return new Map([...names].map(([videoId, of]) => [videoId, [...of]]));
    },
  };
}
