import { join } from 'node:path';
import { expect } from 'chai';
import { isSettled, type VideoReply } from '../../scripts/client.ts';
import { jobId } from '../../shared/keys.ts';
import {
  audioFile,
  clip,
  clipFolder,
  damagedClip,
  dressedPlaylist,
  encryptedFile,
  ffmpeg,
  headlessClip,
  joinedClip,
  refreshedClip,
  textFile,
  truncatedClip,
  unfinishedClip,
  unknownSoundClip,
  unmarkedClip,
} from '../support/clips.ts';
import { attemptsOf, type System, startSystem } from '../support/system.ts';

describe('a file that is no good video', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  async function outcome(path: string): Promise<VideoReply> {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(path);
    return client.follow(videoId, isSettled, undefined, 30);
  }

  const cases: [string, () => Promise<string>, string][] = [
    ['a text named .mp4', textFile, 'not_a_video'],
    ['an audio file', audioFile, 'no_video_stream'],
    ['an encrypted file', encryptedFile, 'encrypted'],
    ['a file cut off after its index', truncatedClip, 'truncated'],
    ['a file cut off before its index', headlessClip, 'truncated'],
  ];
  for (const [what, make, code] of cases) {
    it(`fails with ${code} for ${what}, at the first attempt`, async () => {
      const video = await outcome(await make());
      expect(video.state).to.equal('failed');
      expect(video.error?.code).to.equal(code);
      expect(video.error?.message).to.match(/^[A-Z].*\.$/);
      expect(await attemptsOf(system, 'probe', jobId('probe', video.videoId, 1)), 'tried').to.equal(1);
    });
  }

  it('shows a still picture where nothing can be decoded, and says so', async () => {
    const video = await outcome(await damagedClip());
    expect(video.error).to.equal(null);
    expect(video.state).to.equal('ready');
    expect(video.durationSeconds).to.be.closeTo(8, 0.1);
    expect(video.warnings).to.deep.equal([
      {
        code: 'damaged_picture',
        message:
          'Some of the picture between 2 s and 8 s cannot be decoded; one beside it stands still instead.',
      },
    ]);
  });

  it('says what is missing of a file whose bytes have not all arrived', async () => {
    const video = await outcome(await unfinishedClip());
    expect(video.error).to.equal(null);
    expect(video.durationSeconds).to.be.closeTo(8, 0.1);
    expect(video.warnings.map(({ code }) => code)).to.deep.equal(['damaged_picture', 'damaged_sound']);
  });

  it('says that only the first of two joined files is shown, where no more can be read', async () => {
    const video = await outcome(await joinedClip());
    expect(video.state).to.equal('ready');
    expect(video.durationSeconds).to.be.closeTo(1, 0.1);
    expect(video.warnings.map(({ code }) => code)).to.deep.equal(['truncated_end']);
  });

  it('takes nothing for damaged that only becomes whole a while after a key frame', async () => {
    const video = await outcome(await refreshedClip());
    expect(video.state).to.equal('ready');
    expect(video.warnings).to.deep.equal([]);
  });

  it('takes nothing for damaged that can only be read from its beginning', async () => {
    const video = await outcome(await unmarkedClip());
    expect(video.state).to.equal('ready');
    expect(video.warnings).to.deep.equal([]);
  });

  for (const ending of ['mp4', 'mkv'] as const) {
    it(`is shown without a sound that cannot be decoded (${ending})`, async () => {
      const video = await outcome(await unknownSoundClip(ending));
      expect(video.error).to.equal(null);
      expect(video.state).to.equal('ready');
      expect(video.durationSeconds).to.be.closeTo(2, 0.1);
      expect(video.warnings.map(({ code }) => code)).to.deep.equal(['audio_track_broken']);
    });
  }

  it('never opens what a playlist dressed as a video points at', async () => {
    // A good segment: were the playlist followed, the video would become ready.
    const segment = join(await clipFolder(), 'canary.ts');
    await ffmpeg('-i', await clip(), '-c', 'copy', segment);
    const video = await outcome(await dressedPlaylist(segment));
    expect(video.error?.code).to.equal('not_a_video');
  });

  it('disturbs no other video, and says 409 with the reason to who wants to play it', async () => {
    const client = await system.client('demo');
    const [bad, good] = await Promise.all([
      client.uploadFile(await textFile()),
      client.uploadFile(await clip(1)),
    ]);
    const [failed, ready] = await Promise.all([
      client.follow(bad.videoId, isSettled),
      client.follow(good.videoId, isSettled),
    ]);
    expect([failed.state, ready.state]).to.deep.equal(['failed', 'ready']);
    const response = await fetch(`${system.url}/api/videos/${bad.videoId}/playback`);
    expect(response.status).to.equal(409);
    expect(await response.json()).to.include({ code: 'video_failed', detail: failed.error?.message });
  });
});
