import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { type AccountStatus, accountStatuses } from '../contracts/account.ts';
import type { EncodingPlan, MadeAudio, Rendition } from '../contracts/encoding.ts';
import type { Sprites } from '../contracts/images.ts';
import { type Visibility, visibilities } from '../contracts/videos.ts';
import type { ErrorCode } from '../errors.ts';
import { sourcesOf, type VideoState, videoStates } from '../video-state.ts';

export type VideoFailure = { code: ErrorCode; message: string; step: string };
export type Warning = { code: string; message: string };

export type Video = {
  _id: string;
  ownerId: string;
  /** A copy of the owner's, as of that revision of the account; null while it has always been active. */
  ownerStatus: AccountStatus | null;
  ownerRevision: number;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  visibility: Visibility;
  /** Counts changes by people, so that two of them cannot overwrite each other. Older records have none: 0. */
  revision?: number;

  state: VideoState;
  /** When the state was entered, or the work in it last showed a sign of life. */
  heardAt: Date;
  history: { state: VideoState; generation: number; at: Date }[];
  /** The attempt under way, from 1. */
  generation: number;
  /** The attempt whose result plays; null before the first is ready. */
  activeGeneration: number | null;
  /** How often a sweep had to start the work of this generation again. */
  resumes: number;
  /** The source's own picture could not be used as a rung: the next plan encodes every rung. */
  copyRefused: boolean;
  failure: VideoFailure | null;
  warnings: Warning[];

  /** The encoding profile that was asked for; null for the configured one. */
  profile: string | null;
  source: { key: string; bytes: number; etag: string };
  plan: EncodingPlan | null;
  renditions: Rendition[];
  audio: MadeAudio[];
  durationSeconds: number | null;
  /** Of the attempt that plays; of the current one as long as none does. */
  hasPoster: boolean;
  /** The attempts that have an animated preview. */
  previews: number[];
  /** Of the attempt that plays. */
  storyboard: Sprites | null;

  createdAt: Date;
  uploadedAt: Date | null;
  playableAt: Date | null;
  readyAt: Date | null;
  /** When what no longer plays was removed; null when a move since then may have left something. */
  purgedAt: Date | null;
};

/** A video in a list: without what only the pipeline needs, which is large for long videos. */
export type ListedVideo = Omit<Video, 'plan' | 'history'>;

/** As much of a video as tells how far the work on it is. */
export type WatchedVideo = Omit<ListedVideo, 'plan'> & { plan: Pick<EncodingPlan, 'frameCount'> | null };
const watched = { history: 0, 'plan.chunks': 0, 'plan.cuts': 0, 'plan.storyboard': 0 } as const;

export type NewVideo = Pick<
  Video,
  '_id' | 'ownerId' | 'title' | 'description' | 'category' | 'tags' | 'language' | 'visibility' | 'source'
> &
  Partial<Pick<Video, 'profile'>>;

/** What people may change; what is undefined stays. */
export type VideoChange = {
  [Field in 'title' | 'description' | 'category' | 'tags' | 'language' | 'visibility']?:
    | Video[Field]
    | undefined;
};

/** Titles as a person sorts them: `a`, `A`, `b`. */
export const titleCollation = { locale: 'en' } as const;

const nullableDate = { type: Date, default: null };

const schema = new Schema<Video>(
  {
    _id: { type: String, required: true },
    ownerId: { type: String, required: true },
    ownerStatus: { type: String, enum: [...accountStatuses, null], default: null },
    ownerRevision: { type: Number, default: 0 },
    title: { type: String, required: true },
    description: { type: String, default: '' },
    category: { type: String, default: null },
    tags: [String],
    language: { type: String, default: null },
    visibility: { type: String, enum: visibilities, required: true },
    revision: { type: Number, default: 1 },
    state: { type: String, enum: videoStates, required: true },
    heardAt: { type: Date, required: true },
    history: { type: [Object], default: [] },
    generation: { type: Number, required: true },
    activeGeneration: { type: Number, default: null },
    resumes: { type: Number, default: 0 },
    copyRefused: { type: Boolean, default: false },
    failure: { type: Object, default: null },
    warnings: { type: [Object], default: [] },
    profile: { type: String, default: null },
    source: { type: Object, required: true },
    plan: { type: Object, default: null },
    renditions: { type: [Object], default: [] },
    audio: { type: [Object], default: [] },
    durationSeconds: { type: Number, default: null },
    hasPoster: { type: Boolean, default: false },
    previews: [Number],
    storyboard: { type: Object, default: null },
    createdAt: { type: Date, required: true },
    uploadedAt: nullableDate,
    playableAt: nullableDate,
    readyAt: nullableDate,
    purgedAt: nullableDate,
  },
  { versionKey: false, collection: 'videos', minimize: false },
)
  .index({ ownerId: 1, createdAt: -1, _id: -1 })
  .index({ ownerId: 1, title: -1, _id: -1 }, { collation: titleCollation })
  .index({ state: 1, heardAt: 1 })
  .index({ purgedAt: 1, state: 1, heardAt: 1 });

// Everyone's list, whole and by each filter: whatever the order, a page reads little more than what it shows.
for (const filter of [{}, { category: 1 }, { language: 1 }, { tags: 1 }] as const) {
  const playing = { partialFilterExpression: { activeGeneration: { $gt: 0 } } };
  schema.index({ visibility: 1, ...filter, createdAt: -1, _id: -1 }, playing);
  schema.index({ visibility: 1, ...filter, title: -1, _id: -1 }, { ...playing, collation: titleCollation });
}

/** Names one attempt at one video; every write of the pipeline is fenced by it. */
export type Attempt = { videoId: string; generation: number };

export function videoStore(connection: Connection) {
  const model = connection.model('Video', schema);

  return {
    async create(video: NewVideo, session: ClientSession): Promise<void> {
      const now = new Date();
      const history = [{ state: 'draft' as const, generation: 1, at: now }];
      await model.create(
        [{ ...video, state: 'draft', generation: 1, heardAt: now, createdAt: now, history }],
        { session },
      );
    },

    find: (id: string): Promise<Video | null> => model.findById(id).lean(),

    /** By the driver alone: what is asked most would cost half as much again through mongoose. */
    watch: (id: string): Promise<WatchedVideo | null> =>
      model.collection.findOne<WatchedVideo>({ _id: id as never }, { projection: watched }),

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
      const moved = await model
        .findOneAndUpdate(
          { _id: videoId, generation, state: trusted({ $in: sourcesOf(state) }) },
          {
            $set: { ...change, state, heardAt: now, purgedAt: null },
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
     * A person's change, on the revision that the person has seen; without one, on whatever there is. Undefined when
     * nothing matched: somebody else was faster, or the video is gone.
     */
    async change(
      id: string,
      revision: number | undefined,
      change: VideoChange,
      session: ClientSession,
    ): Promise<Video | undefined> {
      const seen = revision === undefined ? {} : { revision: revision || trusted({ $in: [0, null] }) };
      const filter = { _id: id, state: trusted({ $ne: 'deleted' as const }), ...seen };
      const update = { $set: change, $inc: { revision: 1 } };
      const options = { returnDocument: 'after', session } as const;
      return (await model.findOneAndUpdate(filter, update, options).lean()) ?? undefined;
    },

    /** A sign of life from a job. False when the attempt is no longer the current one in that state. */
    async heard({ videoId, generation }: Attempt, state: VideoState): Promise<boolean> {
      const change = { $set: { heardAt: new Date() } };
      const { matchedCount } = await model.updateOne({ _id: videoId, generation, state }, change);
      return matchedCount === 1;
    },

    /** Notes once that an attempt can be watched. Undefined when that was known, or the attempt is over. */
    async becamePlayable(
      { videoId, generation }: Attempt,
      session: ClientSession,
    ): Promise<Video | undefined> {
      const marked = await model
        .findOneAndUpdate(
          { _id: videoId, generation, playableAt: null, state: trusted({ $in: ['encoding', 'publishing'] }) },
          { $set: { playableAt: new Date() } },
          { returnDocument: 'after', session },
        )
        .lean();
      return marked ?? undefined;
    },
  };
}
