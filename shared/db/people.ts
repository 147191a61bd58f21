import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newId } from '../ids.ts';
import { keyset, type Order, type Page } from './keyset.ts';

/** A person who has to do with videos: an actor, a director. Names are not unique. */
export type Person = {
  _id: string;
  name: string;
  biography: string;
  picture: PersonPicture | null;
  /** Pictures that were asked for so far: the version of the last one. */
  pictures: number;
  /** Who may change it; null: moderators alone. */
  createdBy: string | null;
  /** Counts changes by people, so that two of them cannot overwrite each other. */
  revision: number;
  /** Raised by whatever needs the person to stay what it is, so that a merge or a removal at that moment conflicts. */
  holds: number;
  /** The person that this one turned out to be, never itself a merged one. */
  mergedInto: string | null;
  createdAt: Date;
};

/** The picture that is shown: which version, and its widths in pixels, rising. */
type PersonPicture = { version: number; widths: number[] };

type PersonChange = { name?: string | undefined; biography?: string | undefined };

/** Whatever the case and the accents. */
const folded = { locale: 'en', strength: 1 };

export const peopleOrders = {
  name: { field: 'name', direction: 1, collation: folded },
} as const satisfies Record<string, Order>;

const schema = new Schema<Person>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    biography: { type: String, default: '' },
    picture: { type: Object, default: null },
    pictures: { type: Number, default: 0 },
    createdBy: { type: String, default: null },
    revision: { type: Number, default: 1 },
    holds: { type: Number, default: 0 },
    mergedInto: { type: String, default: null },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'people' },
)
  .index({ mergedInto: 1, name: 1, _id: 1 }, { collation: folded })
  .index({ mergedInto: 1 })
  .index({ createdBy: 1 });

/** That there was such a person: what is left in the store under its id is ours to remove. */
const removedSchema = new Schema<{ _id: string }>(
  { _id: { type: String, required: true } },
  { versionKey: false, collection: 'removed_people' },
);

export function peopleStore(connection: Connection) {
  const model = connection.model('Person', schema);
  const removedModel = connection.model('RemovedPerson', removedSchema);
  const after = { returnDocument: 'after' } as const;

  return {
    async create(about: Pick<Person, 'name' | 'biography' | 'createdBy'>): Promise<Person> {
      const fresh = { picture: null, pictures: 0, revision: 1, holds: 0, mergedInto: null };
      const made: Person = { _id: newId(), ...about, ...fresh, createdAt: new Date() };
      await model.create([made]);
      return made;
    },

    /** Also one that was merged into another. */
    find: (id: string, session: ClientSession | null = null): Promise<Person | null> =>
      model.findById(id).session(session).lean(),

    /** Those of the given people that there are, in no order; also merged ones. */
    among: (ids: string[], session: ClientSession | null = null): Promise<Person[]> =>
      model
        .find({ _id: trusted({ $in: ids }) })
        .session(session)
        .lean(),

    /** People by name, those whose name begins with `q`. */
    page(q: string | undefined, page: Page): Promise<Person[]> {
      const { rest, sort } = keyset(page);
      // A range in the order of the collation, where U+FFFF is after every letter: it uses the index.
      const begins = q === undefined ? [] : [{ name: trusted({ $gte: q, $lt: `${q}\uffff` }) }];
      return model
        .find({ $and: [{ mergedInto: null }, rest, ...begins] })
        .collation(folded)
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<Person[]>();
    },

    /** On the revision that was seen; without one, on whatever there is. Undefined when nothing matched. */
    async change(
      id: string,
      revision: number | undefined,
      change: PersonChange,
      session: ClientSession,
    ): Promise<Person | undefined> {
      const filter = { _id: id, mergedInto: null, ...(revision === undefined ? {} : { revision }) };
      const update = { $set: change, $inc: { revision: 1 } };
      return (await model.findOneAndUpdate(filter, update, { ...after, session }).lean()) ?? undefined;
    },

    /** Writes to each person, so that whoever merges or removes one at this moment conflicts with the transaction. */
    async hold(ids: string[], session: ClientSession): Promise<void> {
      const filter = { _id: trusted({ $in: ids }) };
      await model.updateMany(filter, { $inc: { holds: 1 } }, { session });
    },

    /** From now on `from` is `into`, and so are all that were merged into it. */
    async merge(from: string, into: string, session: ClientSession): Promise<void> {
      const merged = { $or: [{ _id: from }, { mergedInto: from }] };
      await model.updateMany(
        merged,
        { $set: { mergedInto: into, picture: null }, $inc: { revision: 1 } },
        { session },
      );
    },

    /** The person, and those that were merged into it. Their ids stay known. */
    async remove(id: string, session: ClientSession): Promise<string[]> {
      const gone = await model
        .find({ $or: [{ _id: id }, { mergedInto: id }] })
        .select({ _id: 1 })
        .session(session)
        .lean();
      const ids = gone.map(({ _id }) => _id);
      await model.deleteMany({ _id: trusted({ $in: ids }) }, { session });
      const left = ids.map((_id) => ({ _id }));
      await removedModel.insertMany(left, { session });
      return ids;
    },

    /** Those of the given ids whose people were removed. */
    async removed(ids: string[]): Promise<string[]> {
      const found = await removedModel.find({ _id: trusted({ $in: ids }) }).lean();
      return found.map(({ _id }) => _id);
    },

    /** The version of one more picture; undefined when there is no such person any more. */
    async nextPicture(id: string): Promise<number | undefined> {
      const found = await model
        .findOneAndUpdate({ _id: id, mergedInto: null }, { $inc: { pictures: 1 } }, after)
        .lean();
      return found?.pictures;
    },

    /** Shows a picture, unless a later one is shown already. */
    async show(id: string, picture: PersonPicture, session: ClientSession): Promise<void> {
      const older = [{ picture: null }, { 'picture.version': trusted({ $lt: picture.version }) }];
      await model.updateOne({ _id: id, mergedInto: null, $or: older }, { $set: { picture } }, { session });
    },

    async hidePicture(id: string, session: ClientSession): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { picture: null } }, { session });
    },

    /** What a closed account has made stays, with moderators. */
    async disown(ownerId: string): Promise<void> {
      await model.updateMany({ createdBy: ownerId }, { $set: { createdBy: null }, $inc: { revision: 1 } });
    },
  };
}
