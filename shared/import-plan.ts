import { isDeepStrictEqual } from 'node:util';
import type { Video } from './db/video-record.ts';
import type { HourCounts } from './db/views.ts';

/** As much of a video as another catalogue says. Where there are views, `publishedAt` is not to come. */
export type Entry = Pick<
  Video,
  | 'title'
  | 'description'
  | 'channelTitle'
  | 'category'
  | 'tags'
  | 'language'
  | 'regions'
  | 'publishedAt'
  | 'durationSeconds'
> & { outside: NonNullable<Video['outside']> };

export type KnownEntry = Entry & Pick<Video, '_id' | 'ownerId' | 'state' | 'revision'>;

export type EntryChange = {
  videoId: string;
  set: Partial<Entry> & { ownerId?: string };
  /** What people read otherwise than before; undefined when they read the same. */
  edited: { before: KnownEntry; change: Partial<Entry> } | undefined;
  moreViews: number;
};

export type ImportPlan = {
  added: { videoId: string; entry: Entry }[];
  changed: EntryChange[];
  same: number;
  /** They were deleted here, and stay so. */
  deleted: number;
  /** The import's bucket of each region whose views are others than before; without views it goes. */
  buckets: { videoId: string; region: string; hour: Date; views: number; isNew: boolean }[];
  /** What the scores gain, or lose. */
  scores: HourCounts[];
};

/**
 * Compares entries, each outside id once, with what is known by those ids. With `ownerId` the known ones become that
 * account's. Pure, but for new ids.
 */
export function planImport(
  entries: Entry[],
  known: Map<string, KnownEntry>,
  ownerId: string | undefined,
  newId: () => string,
): ImportPlan {
  const plan: ImportPlan = { added: [], changed: [], same: 0, deleted: 0, buckets: [], scores: [] };
  for (const entry of entries) {
    const before = known.get(entry.outside.id);
    if (!before) {
      const videoId = newId();
      plan.added.push({ videoId, entry });
      planViews(plan, videoId, undefined, entry.outside);
    } else if (before.state === 'deleted') {
      plan.deleted += 1;
    } else {
      const { outside, ...words } = differing(before, entry);
      const owner = ownerId === undefined || ownerId === before.ownerId ? {} : { ownerId };
      const set = { ...words, ...(outside ? { outside } : {}), ...owner };
      if (Object.keys(set).length === 0) {
        plan.same += 1;
        continue;
      }
      const moreViews = viewsOf(entry) - viewsOf(before);
      const edited = Object.keys(words).length > 0 ? { before, change: words } : undefined;
      plan.changed.push({ videoId: before._id, set, edited, moreViews });
      planViews(plan, before._id, before.outside, entry.outside);
    }
  }
  return plan;
}

/** All the views that an entry came with. */
export function viewsOf({ outside }: Entry): number {
  return Object.values(outside.views).reduce((sum, views) => sum + views, 0);
}

function differing(before: Entry, entry: Entry): Partial<Entry> {
  const differs = ([name, value]: [string, unknown]) =>
    !isDeepStrictEqual(before[name as keyof Entry], value);
  return Object.fromEntries(Object.entries(entry).filter(differs));
}

function planViews(
  { buckets, scores }: ImportPlan,
  videoId: string,
  before: Entry['outside'] | undefined,
  after: Entry['outside'],
): void {
  const hour = after.viewsAt;
  const formerHour = before?.viewsAt ?? hour;
  const isMoved = formerHour.getTime() !== hour.getTime();
  for (const region of new Set([...Object.keys(before?.views ?? {}), ...Object.keys(after.views)])) {
    const former = before?.views[region] ?? 0;
    const views = after.views[region] ?? 0;
    if (former === views && !isMoved) continue;
    buckets.push({ videoId, region, hour, views, isNew: before === undefined });
    const counted = isMoved
      ? [countsOf(videoId, region, formerHour, -former), countsOf(videoId, region, hour, views)]
      : [countsOf(videoId, region, hour, views - former)];
    scores.push(...counted.filter((counts) => counts.views !== 0));
  }
}

/** How long imported views were watched is not known: they count as little as those of whoever leaves at once. */
function countsOf(videoId: string, region: string, hour: Date, views: number): HourCounts {
  return { videoId, region, hour, views, watchSeconds: 0, watchShare: 0, likes: 0, comments: 0 };
}
