import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type ErrorCode, MillraceError } from '../../../shared/errors.ts';
import { describe as describeFile } from '../../../workers/media/describe.ts';
import { scanPackets } from '../../../workers/media/ffprobe.ts';
import { countHidden } from '../../../workers/media/hidden-frames.ts';
import { noPackets } from '../../../workers/media/packets.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';

const run = promisify(execFile);
const probe = { path: 'ffprobe', tools: findSandboxTools(process.env.PATH ?? '') };
const { signal } = new AbortController();

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  return promise.then(
    () => undefined,
    (error) => (error instanceof MillraceError ? error.code : expect.fail(String(error))),
  );
}

describe('ffprobe', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const ffmpeg = (...words: string[]) => run('ffmpeg', ['-nostdin', '-v', 'error', ...words]);
  const picture = (seconds: number) => [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=160x120:rate=25:duration=${seconds}`,
  ];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-ffprobe-'));
    await ffmpeg(
      ...[...picture(2), '-f', 'lavfi', '-i', 'sine=duration=2:sample_rate=48000'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
      ...['-metadata:s:a', 'language=eng', path('clip.mp4')],
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  describe('describing a file', () => {
    it('tells its streams and its container', async () => {
      const { streams, format } = await describeFile(probe, path('clip.mp4'), signal);
      const [video, audio] = streams;
      expect(streams).to.have.length(2);
      expect(video).to.deep.include({
        ...{ index: 0, codec_type: 'video', codec_name: 'h264', codec_tag_string: 'avc1' },
        ...{ width: 160, height: 120, sample_aspect_ratio: '1:1', pix_fmt: 'yuv420p' },
        ...{ avg_frame_rate: '25/1', start_time: 0, duration: 2, nb_frames: 50, side_data_list: [] },
      });
      expect(audio).to.include({ index: 1, codec_type: 'audio', codec_name: 'aac', sample_rate: 48_000 });
      expect(audio?.tags.language).to.equal('eng');
      expect(format).to.include({ format_name: 'mov,mp4,m4a,3gp,3g2,mj2', start_time: 0, duration: 2 });
    });

    it('finds the size of a picture that begins long after the sound', async () => {
      await ffmpeg(
        ...['-itsoffset', '20', ...picture(1), '-f', 'lavfi', '-i', 'sine=duration=21'],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'mp2', path('late.ts')],
      );
      const { streams } = await describeFile(probe, path('late.ts'), signal);
      expect(streams[0]).to.include({ codec_type: 'video', width: 160, height: 120 });
    });

    it('tells which streams are of one program', async () => {
      await ffmpeg(
        ...['-f', 'lavfi', '-i', 'sine=duration=1', ...picture(1), '-f', 'lavfi', '-i', 'sine=duration=1'],
        ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'mpeg2video', '-c:a', 'mp2'],
        ...['-program', 'st=0', '-program', 'st=1:st=2', path('programs.ts')],
      );
      const { programs } = await describeFile(probe, path('programs.ts'), signal);
      expect(programs).to.deep.equal([
        { streams: [{ index: 0 }] },
        { streams: [{ index: 1 }, { index: 2 }] },
      ]);
    });

    it('says nothing of a file where ffprobe was killed, so that it is tried again', async () => {
      const killed = { ...probe, path: path('killed.sh') };
      writeFileSync(killed.path, '#!/bin/sh\nkill -9 $$\n', { mode: 0o700 });
      const scan = { streamIndexes: [0], formatName: undefined };
      expect(await codeOf(describeFile(killed, path('clip.mp4'), signal))).to.equal('encoding_failed');
      expect(await codeOf(scanPackets(killed, path('clip.mp4'), scan, signal))).to.equal('encoding_failed');
    });

    it('says nothing of a file where ffprobe cannot be run', async () => {
      const scan = { streamIndexes: [0], formatName: undefined };
      for (const tools of [probe.tools, { setpriv: false, prlimit: false, nice: false }]) {
        const missing = { path: path('missing'), tools };
        expect(await codeOf(describeFile(missing, path('clip.mp4'), signal))).to.equal('unavailable');
        expect(await codeOf(scanPackets(missing, path('clip.mp4'), scan, signal))).to.equal('unavailable');
      }
    });

    it('refuses what is no video', async () => {
      for (const content of ['These are only words.\n', '']) {
        // Uploads are stored without an ending, from which ffprobe would guess what they are.
        writeFileSync(path('words'), content);
        expect(await codeOf(describeFile(probe, path('words'), signal)), content).to.equal('not_a_video');
      }
    });

    it('refuses pictures that lie in the boxes of MP4', async () => {
      const still = ['-frames:v', '1', '-c:v', 'libaom-av1', '-cpu-used', '8', '-still-picture', '1', '-an'];
      await ffmpeg('-i', path('clip.mp4'), ...still, '-f', 'avif', path('still'));
      const avif = readFileSync(path('still'));
      for (const brand of ['avif', 'mif1', 'heic']) {
        avif.write(brand, 8, 'latin1');
        writeFileSync(path('still'), avif);
        expect(await codeOf(describeFile(probe, path('still'), signal)), brand).to.equal('not_a_video');
      }
    });

    it('refuses a playlist that is dressed as a video and names another file', async () => {
      const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:${path('clip.mp4')}\n#EXT-X-ENDLIST\n`;
      writeFileSync(path('dressed'), playlist);
      expect(await codeOf(describeFile(probe, path('dressed'), signal))).to.equal('not_a_video');
    });

    it('says so when a file was cut off before its index', async () => {
      await ffmpeg('-i', path('clip.mp4'), '-c', 'copy', '-f', 'mp4', path('cut'));
      truncateSync(path('cut'), 5000);
      expect(await codeOf(describeFile(probe, path('cut'), signal))).to.equal('truncated');
    });

    it('says so when a file was cut off in its index', async () => {
      await ffmpeg('-i', path('clip.mp4'), '-c', 'copy', '-f', 'mp4', path('whole'));
      const whole = readFileSync(path('whole'));
      const start = whole.lastIndexOf('moov') - 4;
      // Of its head, of the first track's, of what that says of its codec, and of its table of chunks.
      for (const held of [8, 200, 500, 800]) {
        writeFileSync(path('cut'), whole.subarray(0, start + held));
        expect(await codeOf(describeFile(probe, path('cut'), signal)), `${held}`).to.equal('truncated');
      }
    });

    it('says so when a file is encrypted and even what decrypting needs is damaged', async () => {
      const key = ['-encryption_key', '0'.repeat(32), '-encryption_kid', '1'.repeat(32)];
      const cenc = ['-c', 'copy', '-encryption_scheme', 'cenc-aes-ctr', ...key, '-f', 'mp4'];
      await ffmpeg('-i', path('clip.mp4'), ...cenc, path('encrypted'));
      const bytes = readFileSync(path('encrypted'));
      const senc = bytes.indexOf('senc');
      expect(senc).to.be.greaterThan(0);
      bytes.writeUInt32BE(255, senc + 8); // names more samples than it holds
      writeFileSync(path('encrypted'), bytes);
      expect(await codeOf(describeFile(probe, path('encrypted'), signal))).to.equal('encrypted');
    });

    it('ends with the reason of its signal', async () => {
      const reason = new Error('superseded');
      const ended = await describeFile(probe, path('clip.mp4'), AbortSignal.abort(reason)).catch(
        (error) => error,
      );
      expect(ended).to.equal(reason);
    });
  });

  describe('scanning packets', () => {
    const scan = async (file: string, ...streamIndexes: number[]) => {
      const { format } = await describeFile(probe, path(file), signal);
      return scanPackets(probe, path(file), { streamIndexes, formatName: format.format_name }, signal);
    };

    it('tells of each packet of the streams that are asked for, in the order of asking', async () => {
      const [sound, video] = await scan('clip.mp4', 1, 0);
      const shown = video?.times.toSorted().map((time) => Math.round(time * 25));
      expect(shown).to.deep.equal(Float64Array.from({ length: 50 }, (_, n) => n));
      // In the order of decoding: B-frames come after what they need.
      expect(video?.times).to.not.deep.equal(video?.times.toSorted());
      expect(video).to.deep.include({ keys: Float64Array.of(0), hidden: 0, encrypted: 0, endSeconds: 2 });
      expect(video?.namedSeconds).to.be.closeTo(2, 0.001);
      expect(video?.bytes).to.have.length(50);
      expect(Math.min(...(video?.bytes ?? [0]))).to.be.greaterThan(0);
      expect(video?.bytes[0]).to.equal(Math.max(...(video?.bytes ?? [])));
      expect(sound?.endSeconds).to.be.closeTo(2, 0.05);
      expect(sound?.times.length).to.be.within(93, 96);
      expect(sound?.namedSeconds).to.be.closeTo(2, 0.05);
    });

    it('goes on behind a long hole in a transport stream', async () => {
      await ffmpeg(...picture(2), '-c:v', 'mpeg2video', '-b:v', '1M', path('hole.ts'));
      const whole = readFileSync(path('hole.ts'));
      const at = Math.floor(whole.length / 376) * 188;
      const hole = Buffer.alloc(188 * 1000);
      writeFileSync(path('hole.ts'), Buffer.concat([whole.subarray(0, at), hole, whole.subarray(at)]));
      const [video] = await scan('hole.ts', 0);
      expect(video?.times.length).to.be.within(48, 50);
    });

    it('sets apart what an edit list hides', async () => {
      const clip = path('clip.mp4');
      await ffmpeg('-ss', '1', '-i', clip, '-map', '0:v', '-c', 'copy', path('second-half.mp4'));
      const [video] = await scan('second-half.mp4', 0);
      expect(video).to.deep.include({ hidden: 25, keys: Float64Array.of(), endSeconds: 1 });
      expect(video?.times).to.have.length(25);
      expect(Math.min(...(video?.times ?? []))).to.equal(0);
    });

    it('counts what an edit list leaves out, of other groups of pictures too', async () => {
      await ffmpeg(...picture(4), '-c:v', 'libx264', '-g', '10', '-preset', 'ultrafast', path('whole.mp4'));
      const bytes = readFileSync(path('whole.mp4'));
      const edits = bytes.indexOf('elst');
      bytes.writeUInt32BE(1000, edits + 12); // it ends after a second, of four
      writeFileSync(path('first-second.mp4'), bytes);
      const { streams, format } = await describeFile(probe, path('first-second.mp4'), signal);
      const [video] = streams;
      const [packets] = await scan('first-second.mp4', 0);
      if (!video || !packets) throw new Error('There is no picture.');
      const file = path('first-second.mp4');
      const hidden = await countHidden(probe, file, video, packets, format.format_name, signal);
      expect(packets.times).to.have.length(25);
      expect(hidden).to.equal(75);
    });

    it('counts packets that have a time to decode and none to show, as in AVI', async () => {
      await ffmpeg(...picture(2), '-c:v', 'mpeg4', '-bf', '2', path('clip.avi'));
      const [video] = await scan('clip.avi', 0);
      expect(video?.times).to.have.length(50);
      expect((video?.endSeconds ?? 0) - Math.min(...(video?.times ?? []))).to.be.closeTo(2, 0.08);
    });

    it('finds nothing in a stream that is not there', async () => {
      expect(await scan('clip.mp4', 7)).to.deep.equal([noPackets()]);
    });
  });
});
