import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { isSettled, type VideoReply } from '../../scripts/client.ts';
import { findBinary } from '../../scripts/local/binary.ts';
import { clappedClip, clip, hdrClip, rareMatrixClip } from '../support/clips.ts';
import { decode } from '../support/decode.ts';
import { skip } from '../support/skip.ts';
import { type System, startSystem } from '../support/system.ts';

const run = promisify(execFile);

/** Options come and go from one ffmpeg to the next; ffprobe stays the system's, as the second comes without. */
describe('the pipeline with a second ffmpeg (9.0.2)', () => {
  let system: System | undefined;

  before(async function () {
    let path = '';
    try {
      path = findBinary('ffmpeg-9.0.2', 'SECOND_FFMPEG_PATH');
    } catch {
      skip(this, 'no second ffmpeg: scripts/setup --with-second-ffmpeg fetches it where it can be had');
    }
    const { stdout } = await run(path, ['-version']);
    expect(stdout).to.match(/^ffmpeg version n?9\./);
    system = await startSystem({ FFMPEG_PATH: path });
    await system.startWorker();
  });
  after(() => system?.stop());

  async function publish(path: string): Promise<{ video: VideoReply; playlist: string }> {
    if (!system) throw new Error('no system');
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(path);
    const video = await client.follow(videoId, isSettled);
    expect(video.error).to.equal(null);
    expect(video.warnings).to.deep.equal([]);
    return { video, playlist: (await client.playback(videoId)).playlist };
  }

  it('joins chunks without a seam, with one init segment a rung, and the sound in step', async () => {
    const { video, playlist } = await publish(await clip(9, '320x240', '30000/1001'));
    const parts = (await system?.context.db.parts.of({ videoId: video.videoId, generation: 1 })) ?? [];
    const chunks = parts.filter(({ step }) => step === 'encode');
    expect(chunks.length).to.be.greaterThan(1);
    for (const { name } of video.renditions) {
      const inits = chunks.flatMap(({ renditions }) => renditions.filter((part) => part.name === name));
      expect(new Set(inits.map(({ initSha256 }) => initSha256)), name).to.have.property('size', 1);
    }
    const { videoTimes, audioTimes, errors } = await decode(playlist);
    expect(errors).to.equal('');
    expect(videoTimes).to.have.length(270);
    videoTimes.forEach((time, index) => {
      expect(time - (videoTimes[0] ?? 0)).to.be.closeTo((index * 1001) / 30_000, 0.0005);
    });
    expect(Math.abs((videoTimes[0] ?? 1) - (audioTimes[0] ?? 9))).to.be.lessThan(0.03);
  });

  for (const matrix of ['ycgco', 'bt2020c'] as const) {
    it(`takes a picture in the matrix ${matrix}`, async () => {
      const { playlist } = await publish(await rareMatrixClip(matrix));
      expect((await decode(playlist)).videoTimes).to.have.length(25);
    });
  }

  it('shows what the container says is to be shown of a picture, in its own shape', async () => {
    const { video, playlist } = await publish(await clappedClip());
    expect(video.renditions.map(({ width, height }) => [width, height])).to.deep.equal([[160, 240]]);
    const gray = ['-frames:v', '1', '-vf', 'scale=8:8:flags=area,format=gray', '-f', 'rawvideo', '-'];
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', playlist, ...gray], { encoding: 'buffer' });
    expect(Math.min(...stdout)).to.be.greaterThan(220);
  });

  it('makes plain pictures of odd ones with 10 bits of 4:4:4 in HDR', async () => {
    const { video, playlist } = await publish(await hdrClip());
    expect(video.renditions.map(({ width, height }) => [width, height])).to.deep.include([320, 240]);
    const { videoTimes, errors } = await decode(playlist);
    expect(errors).to.equal('');
    expect(videoTimes).to.have.length(50);
    const entries = 'stream=pix_fmt,color_range,color_space';
    const words = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json'];
    const { stdout } = await run('ffprobe', [...words, playlist]);
    expect(JSON.parse(stdout).streams[0]).to.deep.equal({
      pix_fmt: 'yuv420p',
      color_range: 'tv',
      color_space: 'bt709',
    });
  });
});
