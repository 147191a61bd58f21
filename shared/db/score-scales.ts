import { type ClientSession, type Connection, type mongo, Schema } from 'mongoose';
import { newId } from '../ids.ts';
import { formula, usualHalfLifeHours } from '../trending-score.ts';
import { isDuplicateKey } from './duplicate-key.ts';

/**
 * What a region's scores are kept with. `_id` is the region; formula 0: they are being made, or that was not ended; -1:
 * they are being removed.
 */
type Scale = { _id: string; hours: number; formula: number };

/** Where those who add to scores sign in, and as `rebuild` who makes them anew, and until when nobody else may. */
type Turn = { _id: string; count?: number; by?: string; until?: Date };

const scales = new Schema<Scale>(
  {
    _id: { type: String, required: true },
    hours: { type: Number, required: true },
    formula: { type: Number, required: true },
  },
  { versionKey: false, collection: 'trending_half_lives' },
);

const turns = new Schema<Turn>(
  { _id: { type: String, required: true }, count: Number, by: String, until: Date },
  { versionKey: false, collection: 'trending_turns' },
);

/** So many that two transactions seldom sign in on the same: one of them would have to begin again. */
const adders = Array.from({ length: 16 }, (_, n) => `adder-${n}`);
/** A process that died is waited for so long; one that lives says so thrice as often. */
const claimMilliseconds = 60_000;

const removing = -1;

export type ScoreScales = ReturnType<typeof scoreScales>;
export type RegionScale = { hours: number; isMade: boolean };

/**
 * With which half-life each region's scores are kept, and how these are changed while others add to them. Who adds
 * signs in, in its transaction, on one of some documents. Who changes a scale writes to all of them thereafter: that
 * waits for each transaction that signed in before, and MongoDB lets those that sign in later with an older view of the
 * scales begin again. So when that is done, nobody writes by a former scale any more.
 */
export function scoreScales(connection: Connection) {
  const scaleRows = connection.model('TrendingHalfLife', scales).collection as unknown as Rows<Scale>;
  const turnRows = connection.model('TrendingTurn', turns).collection as unknown as Rows<Turn>;

  async function all(session?: ClientSession): Promise<Map<string, RegionScale>> {
    const kept = { formula: { $ne: removing } };
    const found = await scaleRows.find(kept, { ...(session && { session }), maxTimeMS: 5000 }).toArray();
    return new Map(found.map((one) => [one._id, { hours: one.hours, isMade: one.formula === formula }]));
  }

  async function set(regions: string[], scale: Partial<Scale>): Promise<void> {
    for (const region of regions) {
      await scaleRows.updateOne({ _id: region }, { $set: scale }, { upsert: true });
    }
    for (const adder of adders) {
      await turnRows.updateOne({ _id: adder }, { $inc: { count: 1 } }, { upsert: true });
    }
  }

  return {
    all,

    async hours(regions: string[]): Promise<Map<string, number>> {
      const known = await all();
      return new Map(regions.map((region) => [region, known.get(region)?.hours ?? usualHalfLifeHours]));
    },

    /**
     * What scores are to be written with in this transaction. Without a scale nobody ever asked for a region's scores.
     */
    async signIn(session: ClientSession): Promise<Map<string, RegionScale>> {
      const adder = adders[Math.floor(Math.random() * adders.length)] as string;
      await turnRows.updateOne({ _id: adder }, { $inc: { count: 1 } }, { upsert: true, session });
      return all(session);
    },

    /** From here on nobody adds to the scores of some regions, but marks them. */
    begin: (regions: string[], hours: number) => set(regions, { hours, formula: 0 }),
    /** From here on all add again. */
    end: (regions: string[], hours: number) => set(regions, { hours, formula }),

    /** Regions beside these that have scores, or may have some that are being removed. */
    async beside(regions: string[]): Promise<string[]> {
      const found = await scaleRows.find({ _id: { $nin: regions } }, { maxTimeMS: 5000 }).toArray();
      return found.map(({ _id }) => _id);
    },
    /** From here on nobody adds to the scores of some regions, nor marks them. */
    retire: (regions: string[]) => set(regions, { formula: removing }),
    /** Their scores are gone. */
    async forget(regions: string[]): Promise<void> {
      await scaleRows.deleteMany({ _id: { $in: regions }, formula: removing });
    },

    /**
     * Does work that one process may do at a time. Work is given what fails once another has taken over.
     * @returns false when another is at it
     */
    async alone(work: (check: () => Promise<void>) => Promise<void>): Promise<boolean> {
      const by = newId();
      const later = () => new Date(Date.now() + claimMilliseconds);
      const free = { _id: 'rebuild', until: { $lt: new Date() } };
      try {
        await turnRows.updateOne(free, { $set: { by, until: later() } }, { upsert: true });
      } catch (error) {
        // It is there, and not free: it cannot be inserted once more.
        if (isDuplicateKey(error)) return false;
        throw error;
      }
      const check = async () => {
        const mine = await turnRows.updateOne({ _id: 'rebuild', by }, { $set: { until: later() } });
        if (mine.matchedCount === 0) throw new Error('Another process has begun to make the scores anew.');
      };
      const timer = setInterval(() => check().catch(() => undefined), claimMilliseconds / 3);
      try {
        await work(check);
      } finally {
        clearInterval(timer);
        await turnRows.deleteOne({ _id: 'rebuild', by });
      }
      return true;
    },
  };
}

type Rows<T extends mongo.Document> = mongo.Collection<T>;
