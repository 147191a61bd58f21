import type { ClientSession, Connection } from 'mongoose';
import { type EntryChange, type ImportPlan, type KnownEntry, viewsOf } from '../import-plan.ts';
import type { User } from './users.ts';
import type { Video } from './video-record.ts';
import type { HourBucket } from './views.ts';

const compared = {
  ...{ title: 1, description: 1, channelTitle: 1, category: 1, tags: 1, language: 1, regions: 1 },
  ...{ publishedAt: 1, durationSeconds: 1, outside: 1, ownerId: 1, state: 1 },
  revision: 1,
};

/** Entries of other catalogues, by the driver alone: a thousand of them would keep mongoose longer than MongoDB. */
export function importStore(connection: Connection) {
  const model = connection.model<Video>('Video');
  const videos = model.collection;
  const buckets = connection.model<HourBucket>('HourBucket').collection;

  /** What a new record has beside its entry: it is ready without an attempt of ours, and there is nothing to purge. */
  function freshRecord(owner: User): object {
    const now = new Date();
    const history = [{ state: 'ready', generation: 1, at: now }];
    return new model({
      ...{ _id: 'none', title: 'none', visibility: 'public', publishedAt: now, ...ownership(owner) },
      ...{ state: 'ready', generation: 1, activeGeneration: 0, history },
      ...{ source: { key: '', bytes: 0, etag: '' } },
      ...{ heardAt: now, createdAt: now, playableAt: now, readyAt: now, purgedAt: now },
    }).toObject();
  }

  return {
    /** Those that there are, by their ids outside. */
    async known(ids: string[], session: ClientSession): Promise<Map<string, KnownEntry>> {
      const filter = { 'outside.id': { $in: ids } };
      const found = await videos.find<KnownEntry>(filter, { projection: compared, session }).toArray();
      return new Map(found.map((entry) => [entry.outside.id, entry]));
    },

    /** Writes videos and buckets as planned. `owner` is whose the new ones are. */
    async save(plan: ImportPlan, owner: User, session: ClientSession): Promise<void> {
      const options = { session, ordered: false };
      const fresh = freshRecord(owner);
      const ofVideos = [
        ...plan.added.map(({ videoId, entry }) => ({
          insertOne: { document: { ...fresh, ...entry, _id: videoId, views: viewsOf(entry) } },
        })),
        ...plan.changed.map((change) => ({ updateOne: updateOf(change, owner) })),
      ];
      if (ofVideos.length > 0) await videos.bulkWrite(ofVideos as never, options);
      const ofBuckets = plan.buckets.map(({ videoId, region, hour, views, isNew }) => {
        const filter = { _id: `${videoId}-${region}-import` };
        if (views === 0) return { deleteOne: { filter } };
        const none = { watchSeconds: 0, watchShare: 0, likes: 0, comments: 0 };
        const replacement = { ...filter, videoId, region, hour, views, ...none };
        if (isNew) return { insertOne: { document: replacement } };
        return { replaceOne: { filter, replacement, upsert: true } };
      });
      if (ofBuckets.length > 0) await buckets.bulkWrite(ofBuckets as never, options);
    },
  };
}

function updateOf({ videoId, set, edited, moreViews }: EntryChange, owner: User) {
  const more = { ...(edited ? { revision: 1 } : {}), ...(moreViews === 0 ? {} : { views: moreViews }) };
  const changed = { ...set, ...(set.ownerId === undefined ? {} : ownership(owner)) };
  const update = { $set: changed, ...(Object.keys(more).length === 0 ? {} : { $inc: more }) };
  return { filter: { _id: videoId }, update };
}

/** With the owner's status as of that revision, so that a change of it that comes late is not lost. */
function ownership({
  _id,
  status,
  revision,
}: User): Pick<Video, 'ownerId' | 'ownerStatus' | 'ownerRevision'> {
  return { ownerId: _id, ownerStatus: status, ownerRevision: revision };
}
