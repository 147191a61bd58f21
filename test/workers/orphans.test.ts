import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { atOnce } from '../../shared/at-once.ts';
import { newId } from '../../shared/ids.ts';
import { initKey, personPictureKey, personUploadKey, posterKey, rawKey } from '../../shared/keys.ts';
import { buckets } from '../../shared/storage.ts';
import { removeOrphans } from '../../workers/orphans.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Page = System['context']['storage']['page'];

const later = () => new Date(Date.now() + 60_000);

describe('what lies in the buckets', function () {
  this.timeout(60_000);
  let system: System;
  let other: System;
  let s3: S3Client;

  before(async () => {
    system = await startSystem();
    const { S3_BUCKET_RAW, S3_BUCKET_PROCESSED, S3_BUCKET_THUMBNAILS } = system.config;
    other = await startSystem({ S3_BUCKET_RAW, S3_BUCKET_PROCESSED, S3_BUCKET_THUMBNAILS });
    const { S3_ENDPOINT: endpoint, S3_REGION: region } = system.config;
    const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = system.config;
    s3 = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
  });
  after(async () => {
    s3.destroy();
    await other.stop();
    await system.stop();
  });

  const beginUpload = (Key: string) =>
    s3.send(new CreateMultipartUploadCommand({ Bucket: system.config.S3_BUCKET_RAW, Key }));
  const openKeys = async () => (await system.context.storage.openUploads('raw')).map(({ key }) => key);
  const everything = async () => {
    const lists = await Promise.all(buckets.map((bucket) => system.context.storage.list(bucket, '')));
    return lists.flat().map(({ key }) => key);
  };
  /** A video that plays and a person with a picture, and what is stored of them. */
  async function fill({ context }: System): Promise<void> {
    const { db, storage } = context;
    const ownerId = newId();
    const videoId = await videoIn('ready', { context }, { ownerId });
    await storage.put('raw', rawKey(ownerId, videoId), 'source', 'video/mp4');
    await storage.put('processed', initKey(videoId, 1, '240p'), 'init', 'video/mp4');
    await storage.put('thumbnails', posterKey(videoId, 1, 1, 320, 'jpg'), 'poster', 'image/jpeg');
    const { _id } = await db.people.create({ name: 'Ada', biography: '', createdBy: null });
    const uploadId = newId();
    const upload = { key: '', bytes: 1, contentType: 'image/png', etag: null, expiresAt: later() };
    await db.personPictures.ticket({ _id: uploadId, personId: _id, upload });
    await storage.put('raw', personUploadKey(_id, uploadId), 'picture', 'image/png');
    await db.transaction((session) => db.people.show(_id, { version: 1, widths: [320] }, session));
    await storage.put('thumbnails', personPictureKey(_id, 1, 320, 'jpg'), 'picture', 'image/jpeg');
    await beginUpload(`${rawKey(ownerId, videoId)}-poster-${newId()}`);
  }

  it('of an installation is lost to no other one on the same buckets, and each says what it left alone', async () => {
    await fill(system);
    await fill(other);
    const before = await everything();
    expect(before).to.have.length(10);
    for (const { context } of [system, other]) {
      const open = await openKeys();
      const { example = '', ...found } = await removeOrphans(context, later());
      // Five objects, and an upload as long as it is open.
      expect(found).to.deep.equal({ objects: 0, uploads: 1, unknown: 4 + open.length });
      expect([...before, ...open]).to.include(example);
      expect(await openKeys()).to.have.length(open.length - 1);
    }
    expect(await everything()).to.deep.equal(before);
  });

  it('is looked at page by page, each call going on where the one before ended', async () => {
    const { context } = system;
    const videoId = await videoIn('ready', system);
    const found = await context.db.videos.find(videoId);
    if (found) await context.db.upkeep.purged(found);
    const [wanted, orphan] = [initKey(videoId, 1, '240p'), initKey(videoId, 2, '240p')];
    for (const key of [wanted, orphan]) await context.storage.put('processed', key, 'init', 'video/mp4');
    const page: Page = async (...asked) => {
      const { objects, isLast } = await context.storage.page(...asked);
      return { objects: objects.slice(0, 1), isLast: isLast && objects.length <= 1 };
    };
    const means = { ...context, storage: { ...context.storage, page } };
    const stored = async () => (await context.storage.list('processed', '')).map(({ key }) => key);
    for (let calls = (await stored()).length; calls > 0; calls -= 1) await removeOrphans(means, later());
    expect(await stored())
      .to.include(wanted)
      .and.not.include(orphan);
  });

  it('in parts of uploads that nobody completed is removed', async () => {
    const known = rawKey(newId(), await videoIn('ready', system));
    const unknown = rawKey(newId(), newId());
    await beginUpload(known);
    await beginUpload(unknown);
    expect(await openKeys()).to.have.members([known, unknown]);
    expect(await removeOrphans(system.context, new Date(0))).to.include({ uploads: 0 });
    expect(await removeOrphans(system.context, later())).to.include({ uploads: 1 });
    expect(await openKeys()).to.deep.equal([unknown]);
  });

  it('is found behind a thousand younger uploads in parts', async () => {
    const keys = Array.from({ length: 1002 }, () => rawKey(newId(), newId()));
    await atOnce(20, keys, new AbortController().signal, async (key) => void (await beginUpload(key)));
    const open = await openKeys();
    expect(open).to.include.members(keys);
    expect(new Set(open).size).to.equal(open.length);
  });
});
