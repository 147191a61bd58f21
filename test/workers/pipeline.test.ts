import { expect } from 'chai';
import { createClient, isSettled } from '../../scripts/client.ts';
import { generationPrefix, initKey, segmentKey } from '../../shared/keys.ts';
import { changingClip, clip, silentClip } from '../support/clips.ts';
import { decode } from '../support/decode.ts';
import { type System, startSystem } from '../support/system.ts';

describe('the pipeline', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  it('turns an upload of several chunks into adaptive HLS that decodes frame by frame', async () => {
    const client = await system.client('demo');
    const path = await clip(15, '640x360', '30000/1001');
    const { videoId } = await client.uploadFile(path, { title: 'Fifteen seconds' });
    const percents: number[] = [];
    const playable: string[] = [];
    const video = await client.follow(videoId, isSettled, ({ percent, playable: isPlayable, state }) => {
      percents.push(percent);
      if (isPlayable) playable.push(state);
    });

    expect(video.error).to.equal(null);
    expect(video.state).to.equal('ready');
    expect(video.percent).to.equal(100);
    expect(percents, 'never goes back').to.deep.equal([...percents].sort((a, b) => a - b));
    expect(playable[0], 'can be watched before it is ready').to.equal('encoding');
    expect(video.renditions.map(({ name, width, height }) => [name, width, height])).to.deep.equal([
      ['240p', 426, 240],
      ['360p', 640, 360],
    ]);

    const { playlist, isFinal } = await client.playback(videoId);
    expect(isFinal).to.equal(true);
    const decoded = await decode(playlist);
    expect(decoded.errors).to.equal('');
    expect(decoded.videoTimes).to.have.length(450);
    const step = 1001 / 30_000;
    decoded.videoTimes.forEach((time, index) => {
      expect(time - (decoded.videoTimes[0] ?? 0)).to.be.closeTo(index * step, 0.0005);
    });
    expect(Math.abs((decoded.videoTimes[0] ?? 1) - (decoded.audioTimes[0] ?? 9))).to.be.lessThan(0.03);
  });

  it('stores what its playlists list, and nothing else', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip());
    const { state } = await client.follow(videoId, isSettled);
    expect(state).to.equal('ready');
    const stored = await system.context.storage.list('processed', generationPrefix(videoId, 1));
    const names = ['240p', '360p'].flatMap((rung) => [
      initKey(videoId, 1, rung),
      segmentKey(videoId, 1, rung, 1),
      `${generationPrefix(videoId, 1)}${rung}/index.m3u8`,
      `${generationPrefix(videoId, 1)}${rung}/iframes.m3u8`,
    ]);
    const audio = ['init.mp4', 'seg-00001.m4s', 'index.m3u8'].map(
      (file) => `${generationPrefix(videoId, 1)}audio/und/${file}`,
    );
    expect(stored.map(({ key }) => key).sort()).to.deep.equal(
      [...names, ...audio, `${generationPrefix(videoId, 1)}master.m3u8`].sort(),
    );
  });

  it('walks the states in order, each once', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip());
    await client.follow(videoId, isSettled);
    const record = await system.context.db.videos.find(videoId);
    expect(record?.history.map(({ state }) => state)).to.deep.equal([
      'draft',
      'uploaded',
      'probing',
      'encoding',
      'publishing',
      'ready',
    ]);
  });

  it('makes a poster, served by a redirect to the store', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip());
    const { posterUrl } = await client.follow(videoId, isSettled);
    const response = await fetch(posterUrl ?? '');
    expect(response.headers.get('content-type')).to.equal('image/jpeg');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).to.equal('ffd8ff');
    expect(bytes.length).to.be.greaterThan(2000);
  });

  it('goes on where the channels of the sound change midway, as in broadcasts', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await changingClip());
    const video = await client.follow(videoId, isSettled);
    expect(video.error).to.equal(null);
    expect(video.warnings).to.deep.equal([]);
    const { audioTimes, errors } = await decode((await client.playback(videoId)).playlist);
    expect(errors).to.equal('');
    const frame = 1024 / 48_000;
    expect(audioTimes.length * frame).to.be.closeTo(4, 0.1);
    audioTimes.forEach((time, index) => {
      expect(time - (audioTimes[0] ?? 0)).to.be.closeTo(index * frame, 0.001);
    });
  });

  it('publishes a video without sound, without an audio group', async () => {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await silentClip());
    const { state } = await client.follow(videoId, isSettled);
    expect(state).to.equal('ready');
    const { playlist } = await client.playback(videoId);
    const master = await (await fetch(playlist)).text();
    expect(master).not.to.match(/TYPE=AUDIO|AUDIO=|mp4a/);
    expect((await decode(playlist)).videoTimes).to.have.length(25);
  });

  it('signs segments inside playlists, answers gzip, and never redirects media', async () => {
    const client = createClient(system.url, await system.cookie('demo'));
    const { videoId } = await client.uploadFile(await clip());
    await client.follow(videoId, isSettled);
    const { playlist } = await client.playback(videoId);
    const index = await fetch(new URL('360p/index.m3u8', playlist), { redirect: 'error' });
    expect(index.headers.get('content-encoding')).to.equal('gzip');
    expect(index.headers.get('content-type')).to.match(/^application\/vnd\.apple\.mpegurl/);
    const lines = (await index.text()).split('\n').filter((line) => line.startsWith('http'));
    expect(lines).to.have.length(1);
    const [segment = ''] = lines;
    expect(new URL(segment).origin).to.equal(new URL(system.config.S3_ENDPOINT).origin);
    expect((await fetch(segment, { redirect: 'error' })).status).to.equal(200);
    expect((await fetch(segment.replace(/seg-00001/, 'seg-00002'))).status, 'another key').to.equal(403);
  });
});
