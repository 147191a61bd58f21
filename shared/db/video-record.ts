import { Schema } from 'mongoose';
import { type AccountStatus, accountStatuses } from '../contracts/account.ts';
import type { EncodingPlan, MadeAudio, Rendition } from '../contracts/encoding.ts';
import type { Sprites } from '../contracts/images.ts';
import { type Visibility, visibilities } from '../contracts/videos.ts';
import type { ErrorCode } from '../errors.ts';
import { type VideoState, videoStates } from '../video-state.ts';

export type VideoFailure = { code: ErrorCode; message: string; step: string };
export type Warning = { code: string; message: string };

/** Why moderators have hidden a video, and since when. */
export type TakeDown = { at: Date; by: string; reason: string; message: string };

/**
 * What was brought from another catalogue: its id there, where it plays and has its picture, if it has, and the views
 * by region that it came with. They are part of `views`, and lie in the buckets of the hour `viewsAt`.
 */
type Outside = {
  id: string;
  playUrl: string | null;
  posterUrl: string | null;
  views: Record<string, number>;
  viewsAt: Date;
};

export type Video = {
  _id: string;
  ownerId: string;
  /** A copy of the owner's, as of that revision of the account; null while it has always been active. */
  ownerStatus: AccountStatus | null;
  ownerRevision: number;
  /** The owner's display name when the video was made. */
  channelTitle: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  visibility: Visibility;
  /** The regions where it may be seen; empty: everywhere. */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any. */
  minimumAge: number | null;
  /** From when on it may be seen, unless it is private: of its making, or a time that was chosen, also one to come. */
  publishedAt: Date;
  /** Nobody may comment on it any more. */
  commentsOff: boolean;
  /** The comment that stands at the top. Older records have none. */
  pinnedCommentId?: string | null;
  takenDown: TakeDown | null;
  outside: Outside | null;
  /** As of the last fold. */
  views: number;
  likes: number;
  /** Those that are shown. */
  comments: number;
  /** Counts changes by people, so that two of them cannot overwrite each other. Older records have none: 0. */
  revision?: number;

  state: VideoState;
  /** When the state was entered, or the work in it last showed a sign of life. */
  heardAt: Date;
  history: { state: VideoState; generation: number; at: Date }[];
  /** The attempt under way, from 1. */
  generation: number;
  /** The attempt whose result plays; null before the first is ready; 0 where what plays lies outside. */
  activeGeneration: number | null;
  /** How often a sweep had to start the work of this generation again. */
  resumes: number;
  /** The source's own picture could not be used as a rung: the next plan encodes every rung. */
  copyRefused: boolean;
  /**
   * The work has begun again: chunks came from different encoders, as while workers are replaced, or the store lost
   * some.
   */
  hadMishap?: boolean;
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
  /** What search knows of it may be old: another word with each change, none when its row is as it should be. */
  searchStale?: string;
};

/** What lists show of a video: the rest is many times as much, and most of it only the pipeline needs. */
export const listed = {
  ...{ _id: 1, title: 1, description: 1, category: 1, tags: 1, language: 1, channelTitle: 1 },
  ...{ visibility: 1, regions: 1, minimumAge: 1, durationSeconds: 1, hasPoster: 1, outside: 1 },
  ...{ state: 1, generation: 1, activeGeneration: 1, playableAt: 1 },
  ...{ views: 1, likes: 1, comments: 1, createdAt: 1, publishedAt: 1 },
} as const satisfies { [field in keyof Video]?: 1 };

/** A video in a list. */
export type ListedVideo = Pick<Video, keyof typeof listed>;

/** As much of a video as tells how far the work on it is. */
export type WatchedVideo = Omit<Video, 'plan' | 'history'> & {
  plan: Pick<EncodingPlan, 'frameCount'> | null;
};
/** What is not needed for that. */
export const watched = { history: 0, 'plan.chunks': 0, 'plan.cuts': 0, 'plan.storyboard': 0 } as const;

/** As much of a video as tells who may see it, whether it plays, and how long. */
export type ViewedVideo = Pick<Video, '_id' | (typeof viewed)[number]>;
export const viewed = [
  ...(['ownerId', 'ownerStatus', 'visibility', 'publishedAt', 'takenDown', 'state', 'generation'] as const),
  ...(['activeGeneration', 'playableAt', 'durationSeconds', 'outside'] as const),
];

export type NewVideo = Pick<
  Video,
  '_id' | 'ownerId' | 'title' | 'description' | 'category' | 'tags' | 'language' | 'visibility' | 'source'
> &
  Partial<Pick<Video, 'profile' | 'channelTitle' | 'regions' | 'minimumAge' | 'publishedAt' | 'commentsOff'>>;

/** What people may change; what is undefined stays. */
export type VideoChange = {
  [Field in
    | 'title'
    | 'description'
    | 'category'
    | 'tags'
    | 'language'
    | 'visibility'
    | 'regions'
    | 'minimumAge'
    | 'publishedAt'
    | 'commentsOff']?: Video[Field] | undefined;
};

/** Titles as a person sorts them: `a`, `A`, `b`. */
export const titleCollation = { locale: 'en' } as const;

const nullableDate = { type: Date, default: null };

export const videoSchema = new Schema<Video>(
  {
    _id: { type: String, required: true },
    ownerId: { type: String, required: true },
    ownerStatus: { type: String, enum: [...accountStatuses, null], default: null },
    ownerRevision: { type: Number, default: 0 },
    channelTitle: { type: String, default: '' },
    title: { type: String, required: true },
    description: { type: String, default: '' },
    category: { type: String, default: null },
    tags: [String],
    language: { type: String, default: null },
    visibility: { type: String, enum: visibilities, required: true },
    regions: { type: [String], default: [] },
    minimumAge: { type: Number, default: null },
    publishedAt: { type: Date, required: true },
    commentsOff: { type: Boolean, default: false },
    pinnedCommentId: { type: String, default: null },
    takenDown: { type: Object, default: null },
    outside: { type: Object, default: null },
    views: { type: Number, default: 0 },
    likes: { type: Number, default: 0 },
    comments: { type: Number, default: 0 },
    revision: { type: Number, default: 1 },
    state: { type: String, enum: videoStates, required: true },
    heardAt: { type: Date, required: true },
    history: { type: [Object], default: [] },
    generation: { type: Number, required: true },
    activeGeneration: { type: Number, default: null },
    resumes: { type: Number, default: 0 },
    copyRefused: { type: Boolean, default: false },
    hadMishap: { type: Boolean, default: false },
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
    searchStale: String,
  },
  { versionKey: false, collection: 'videos', minimize: false },
)
  .index({ ownerId: 1, publishedAt: -1, _id: -1 })
  .index({ ownerId: 1, title: -1, _id: -1 }, { collation: titleCollation })
  // What is there for the sums of an owner, without a look at the videos, and the most viewed of each state in order.
  .index({ ownerId: 1, state: 1, views: -1, _id: 1, likes: 1, comments: 1 })
  .index({ state: 1, heardAt: 1 })
  .index({ purgedAt: 1, state: 1, heardAt: 1 })
  .index({ visibility: 1, views: -1, _id: 1 }, { partialFilterExpression: { activeGeneration: { $gte: 0 } } })
  .index({ searchStale: 1 }, { partialFilterExpression: { searchStale: { $gt: '' } } })
  .index({ 'outside.id': 1 }, { unique: true, partialFilterExpression: { 'outside.id': { $gt: '' } } });

// Everyone's list, whole and by each filter: whatever the order, a page reads little more than what it shows.
for (const filter of [{}, { category: 1 }, { language: 1 }, { tags: 1 }] as const) {
  const playing = { partialFilterExpression: { activeGeneration: { $gte: 0 } } };
  videoSchema.index({ visibility: 1, ...filter, publishedAt: -1, _id: -1 }, playing);
  videoSchema.index(
    { visibility: 1, ...filter, title: -1, _id: -1 },
    { ...playing, collation: titleCollation },
  );
}

/** Names one attempt at one video; every write of the pipeline is fenced by it. */
export type Attempt = { videoId: string; generation: number };
