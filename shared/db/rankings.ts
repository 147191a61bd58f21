import { type Connection, type mongo, Schema, trusted } from 'mongoose';

/** Where an entry was found: in its region, or where that has too little, among regions of its languages, or in all. */
const bases = ['region', 'language', 'world'] as const;
export type Basis = (typeof bases)[number];

export type RankedVideo = {
  videoId: string;
  /** From 1. Places may be left empty, so it is not always one more than that of the entry before. */
  rank: number;
  /** In the run before; null for a video that had none. */
  formerRank: number | null;
  basis: Basis;
  /** The heat at `computedAt`, of all regions that `basis` means, and the events that it comes of. */
  score: number;
  views: number;
  likes: number;
  comments: number;
};

/** The ranks of one region as one run found them, of all videos (category '') or of one category. Never changed. */
export type Ranking = {
  /** `{runId}-{region}-{category}` */
  _id: string;
  runId: string;
  region: string;
  category: string;
  computedAt: Date;
  halfLifeHours: number;
  ranked: RankedVideo[];
};

export type NewRanking = Pick<Ranking, 'region' | 'category' | 'halfLifeHours' | 'ranked'>;

/** That a run is whole. It is written after all its rankings, and readers go by it. */
export type Run = { _id: string; computedAt: Date; seconds: number };

/** Of so many runs everything is kept. */
const runsKept = 30;

const rankings = new Schema<Ranking>(
  {
    _id: { type: String, required: true },
    runId: { type: String, required: true },
    region: { type: String, required: true },
    category: { type: String, required: true },
    computedAt: { type: Date, required: true },
    halfLifeHours: { type: Number, required: true },
    ranked: { type: [Object], required: true },
  },
  { versionKey: false, collection: 'trending_rankings' },
).index({ computedAt: 1 });

const runs = new Schema<Run>(
  {
    _id: { type: String, required: true },
    computedAt: { type: Date, required: true },
    seconds: { type: Number, required: true },
  },
  { versionKey: false, collection: 'trending_runs' },
).index({ computedAt: -1, _id: -1 });

const idOf = (runId: string, region: string, category: string) => `${runId}-${region}-${category}`;
const newestFirst = { computedAt: -1, _id: -1 } as const;

export function rankingStore(connection: Connection) {
  const model = connection.model('TrendingRanking', rankings);
  const runModel = connection.model('TrendingRun', runs);
  const newest = (limit: number) => runModel.find().sort(newestFirst).limit(limit).maxTimeMS(5000).lean();

  return {
    /**
     * Writes all rankings of a run, then that it is whole, then forgets older ones. Killed on the way, it leaves
     * rankings that nobody reads; they go with the runs of their time. Of two runs at once the later `computedAt` is
     * read.
     */
    async save(runId: string, found: NewRanking[], computedAt: Date, startedAt: Date): Promise<void> {
      const documents = found.map((one) => ({
        _id: idOf(runId, one.region, one.category),
        ...{ runId, computedAt, ...one },
      }));
      const rows = model.collection as unknown as mongo.Collection<Ranking>;
      if (documents.length > 0) await rows.insertMany(documents, { ordered: false });
      const seconds = (Date.now() - startedAt.getTime()) / 1000;
      await runModel.create({ _id: runId, computedAt, seconds });
      const kept = await newest(runsKept);
      const oldest = kept[runsKept - 1];
      if (!oldest) return;
      await model.deleteMany({ computedAt: trusted({ $lt: oldest.computedAt }) });
      await runModel.deleteMany({ computedAt: trusted({ $lt: oldest.computedAt }) });
    },

    /** The run that readers see. */
    async lastRun(): Promise<Run | undefined> {
      return (await newest(1))[0];
    },

    /** Null where a run has none: for a region or a category that it did not know. */
    ranking: (runId: string, region: string, category: string): Promise<Ranking | null> =>
      model
        .findById(idOf(runId, region, category))
        .maxTimeMS(5000)
        .lean()
        .exec(),

    /** The rankings of a run by region and category (`{region}-{category}`), as those of the next one remember them. */
    async ranks(runId: string): Promise<Map<string, Map<string, number>>> {
      const found = await model
        .find({ _id: trusted({ $gte: idOf(runId, '', ''), $lt: `${runId}.` }) })
        .select({ region: 1, category: 1, 'ranked.videoId': 1, 'ranked.rank': 1 })
        .lean();
      return new Map(
        found.map(({ region, category, ranked }) => [
          `${region}-${category}`,
          new Map(ranked.map(({ videoId, rank }) => [videoId, rank])),
        ]),
      );
    },

    /** Where one video stands in a run, in each region where it has a rank. */
    async placesOf(runId: string, videoId: string, regions: string[]): Promise<Map<string, RankedVideo>> {
      const found = await model
        .find({ _id: trusted({ $in: regions.map((region) => idOf(runId, region, '')) }) })
        .select({ region: 1, ranked: { $elemMatch: { videoId } } })
        .maxTimeMS(5000)
        .lean();
      return new Map(
        found.flatMap(({ region, ranked }) => {
          const [place] = ranked ?? [];
          return place ? [[region, place] as const] : [];
        }),
      );
    },
  };
}
