import { expect } from 'chai';
import * as keys from '../../shared/keys.ts';
import { queueNames } from '../../shared/queue-names.ts';

const ownerId = 'aaaaaaaaaaaaaaaaaaaaaaaa';
const videoId = 'bbbbbbbbbbbbbbbbbbbbbbbb';

describe('keys', () => {
  it('of objects hold ids and numbers only', () => {
    expect([
      keys.rawKey(ownerId, videoId),
      keys.generationPrefix(videoId, 3),
      keys.initKey(videoId, 3, '720p'),
      keys.segmentKey(videoId, 3, 'audio/en', 7),
      keys.segmentKey(videoId, 3, '720p', 123_456),
      keys.fileCaptionsKey(videoId, 3, 'pt-BR'),
      keys.sentCaptionsKey(videoId, 'pt-BR', ownerId),
      keys.posterKey(videoId, 3, 2, 640, 'webp'),
      keys.posterKey(videoId, null, 4, 320, 'jpg'),
      keys.posterUploadKey(ownerId, videoId, 'cccccccccccccccccccccccc'),
      keys.previewKey(videoId, 3),
      keys.tilesKey(videoId, 3, 11),
      keys.sheetKey(videoId, 3, 0),
      keys.storyboardKey(videoId, 3),
    ]).to.deep.equal([
      `videos/${ownerId}/${videoId}`,
      `v/${videoId}/g3/`,
      `v/${videoId}/g3/720p/init.mp4`,
      `v/${videoId}/g3/audio/en/seg-00007.m4s`,
      `v/${videoId}/g3/720p/seg-123456.m4s`,
      `v/${videoId}/g3/captions/pt-BR.vtt`,
      `v/${videoId}/captions/pt-BR-${ownerId}.vtt`,
      `v/${videoId}/g3/poster-2-640.webp`,
      `v/${videoId}/poster-4-320.jpg`,
      `videos/${ownerId}/${videoId}-poster-cccccccccccccccccccccccc`,
      `v/${videoId}/g3/preview.webp`,
      `v/${videoId}/g3/tiles-11.mjpeg`,
      `v/${videoId}/g3/storyboard-0.jpg`,
      `v/${videoId}/g3/storyboard.vtt`,
    ]);
  });

  it('of segments sort in the order of the video', () => {
    const names = [9, 10, 99, 100, 99_999].map(keys.segmentName);
    expect([...names].sort()).to.deep.equal(names);
  });

  it('of one generation are no prefix of another’s', () => {
    expect(keys.initKey(videoId, 12, '720p').startsWith(keys.generationPrefix(videoId, 1))).to.equal(false);
  });

  it('of objects tell whose they are, and those of others nothing', () => {
    for (const key of [keys.initKey(videoId, 3, '720p'), keys.previewKey(videoId, 3)]) {
      expect(keys.readKey(key)).to.deep.equal({ videoId, generation: 3 });
    }
    expect(keys.readKey(`${keys.videoPrefix(videoId)}other.txt`)).to.deep.equal({ videoId });
    expect(keys.readKey(keys.rawKey(ownerId, videoId))).to.deep.equal({ videoId });
    expect(keys.readKey(keys.posterUploadKey(ownerId, videoId, videoId))).to.deep.equal({ videoId });
    const personId = ownerId;
    const picture = keys.personPictureKey(personId, 12, 640, 'webp');
    expect(picture).to.equal(`p/${personId}/picture-12-640.webp`);
    expect(picture.startsWith(keys.personPrefix(personId))).to.equal(true);
    expect(keys.readKey(picture)).to.deep.equal({ personId, version: 12 });
    const upload = keys.personUploadKey(personId, videoId);
    expect(keys.readKey(upload)).to.deep.equal({ personId, uploadId: videoId });
    const foreign = [
      `p/${personId}/other.jpg`,
      `people/${personId}/1`,
      `people/${personId}`,
      '',
      'v/',
      `v/${videoId}`,
      'v/1/g1/a',
      'readme.txt',
      `videos/${ownerId}/1`,
      `x/v/${videoId}/g1/a`,
    ];
    for (const key of foreign) expect(keys.readKey(key), key).to.equal(undefined);
  });

  it('of jobs are ones that BullMQ takes', () => {
    expect(keys.jobId('publish', videoId, 2)).to.equal(`publish-${videoId}-g2`);
    expect(keys.jobId('encode', videoId, 2, 0)).to.equal(`encode-${videoId}-g2-0`);
    for (const queue of queueNames) expect(keys.jobId(queue, videoId, 1, 1)).to.match(/^[a-z][^:]*$/);
  });

  it('of Redis begin with the prefix', () => {
    expect(keys.orphanCursorKey('m', 'raw')).to.equal('m:orphans:raw');
    const { counts, folding, fold, seen } = keys.viewKeys('m');
    const viewKeys = [counts, folding, fold('a-1'), seen('b')];
    expect(viewKeys).to.deep.equal(['m:views:counts', 'm:views:fold', 'm:views:fold:a-1', 'm:seen:b']);
  });
});
