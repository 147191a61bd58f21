import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { insertBox } from './insert-box.ts';

const run = promisify(execFile);
let folder: Promise<string> | undefined;
const made = new Map<string, Promise<string>>();

export function clipFolder(): Promise<string> {
  folder ??= mkdtemp(join(tmpdir(), 'millrace-clips-')).then((path) => {
    process.once('exit', () => rmSync(path, { recursive: true, force: true }));
    return path;
  });
  return folder;
}

/** A file made once for the whole run; `make` gets its path. */
function once(name: string, make: (path: string) => Promise<unknown>): Promise<string> {
  const known = made.get(name);
  if (known) return known;
  const path = clipFolder().then(async (parent) => {
    const target = join(parent, name);
    await make(target);
    return target;
  });
  made.set(name, path);
  return path;
}

export async function ffmpeg(...words: string[]): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...words]);
}

const picture = (seconds: number, size: string, rate: string) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
];
const sound = (seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `sine=frequency=440:sample_rate=48000:duration=${seconds}`,
];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** Picture and sound. */
export const clip = (seconds = 2, size = '640x360', rate = '25') =>
  once(`clip-${seconds}-${size}-${rate.replace('/', '_')}.mp4`, (path) =>
    ffmpeg(...picture(seconds, size, rate), ...sound(seconds), ...h264, '-c:a', 'aac', path),
  );

/** Sound in English, and in Arabic with a title that ends in a bracket. */
export const twoSoundsClip = (seconds: number) =>
  once(`two-sounds-${seconds}.mkv`, async (path) => {
    const about = (track: number, language: string, title: string) =>
      ['language', 'title'].flatMap((key, n) => [`-metadata:s:a:${track}`, `${key}=${[language, title][n]}`]);
    await ffmpeg(
      ...['-i', await clip(seconds), '-map', '0:v', '-map', '0:a', '-map', '0:a', '-c', 'copy'],
      ...[...about(0, 'eng', 'English'), ...about(1, 'ara', 'العربية (وصف)'), path],
    );
  });

export const silentClip = () =>
  once('silent.mp4', (path) => ffmpeg(...picture(1, '320x180', '25'), ...h264, '-an', path));

/** A broadcast: 5.1 for two seconds, then stereo with another sample rate. */
export const changingClip = () =>
  once('changing.ts', async (path) => {
    const codecs = [
      ['-ac', '6', '-c:a', 'aac'],
      ['-ac', '2', '-ar', '44100', '-c:a', 'aac', '-output_ts_offset', '2'],
    ];
    const parts = codecs.map(async (words, n) => {
      const part = `${path}-${n}.ts`;
      await ffmpeg(...picture(2, '320x180', '25'), ...sound(2), ...h264, ...words, part);
      return readFile(part);
    });
    await writeFile(path, Buffer.concat(await Promise.all(parts)));
  });

/** Odd sides, 4:4:4 with 10 bits, colours and transfer curve of HDR10. */
export const hdrClip = () =>
  once('hdr.mp4', (path) => {
    const colours = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
    const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error'];
    const format = ['-pix_fmt', 'yuv444p10le', '-tag:v', 'hvc1'];
    return ffmpeg(...picture(2, '321x241', '25'), ...hevc, ...format, ...colours, path);
  });

/** In a colour matrix that newer versions of ffmpeg do not scale from. */
export const rareMatrixClip = (matrix: 'ycgco' | 'bt2020c') =>
  once(`${matrix}.mp4`, (path) =>
    ffmpeg(...picture(1, '320x180', '25'), ...h264, '-colorspace', matrix, path),
  );

/**
 * Upright 180x320, of which the container says that the 160x240 in the middle are to be shown; white there, black
 * around.
 */
export const clappedClip = () =>
  once('clapped.mov', async (path) => {
    const [lying, whole] = [`${path}-lying.mov`, `${path}-whole.mov`];
    const white = 'drawbox=x=40:y=10:w=240:h=160:color=white:t=fill';
    await ffmpeg('-f', 'lavfi', '-i', `color=black:320x180:d=2:r=25,${white}`, ...h264, lying);
    await ffmpeg('-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=90', whole);
    const clap = Buffer.alloc(32);
    [240, 1, 160, 1, 0, 1, 0, 1].map((value, at) => clap.writeUInt32BE(value, 4 * at));
    await writeFile(path, insertBox(await readFile(whole), 'avc1', 'clap', clap));
  });

/** Sound that says of itself that it is xHE-AAC, which ffmpeg 5.1 does not know. */
export const unknownSoundClip = (ending: 'mp4' | 'mkv') =>
  once(`unknown-sound.${ending}`, async (path) => {
    const plain = `${path}-plain.${ending}`;
    await ffmpeg('-i', await clip(), '-c', 'copy', plain);
    const file = await readFile(plain);
    // AAC of two channels at 44.1 or 48 kHz, as libavcodec describes it.
    const about = [0x1208, 0x1188, 0x1190, 0x1210].map((start) =>
      file.indexOf(`${start.toString(16)}56e500`, 'hex'),
    );
    file.writeUInt16BE(0xf948, Math.max(...about));
    await writeFile(path, file);
  });

export const audioFile = () => once('audio.m4a', (path) => ffmpeg(...sound(2), '-c:a', 'aac', path));

/** With Common Encryption, which ffprobe shows as plain H.264. */
export const encryptedFile = () =>
  once('encrypted.mp4', (path) => {
    const key = ['-encryption_key', '0'.repeat(32), '-encryption_kid', '1'.repeat(32)];
    return ffmpeg(
      ...picture(2, '320x180', '25'),
      ...h264,
      '-encryption_scheme',
      'cenc-aes-ctr',
      ...key,
      path,
    );
  });

export const textFile = () =>
  once('text.mp4', (path) => writeFile(path, 'This is a letter, not a video.\n'.repeat(100)));

/** The front of a file whose index stands first: it promises more than it holds. */
export const truncatedClip = () =>
  once('truncated.mp4', async (path) => {
    const whole = join(await clipFolder(), 'truncated-whole.mp4');
    await ffmpeg(...picture(4, '320x180', '25'), ...h264, '-movflags', '+faststart', whole);
    await cutTo(whole, path, 0.5);
  });

/** The front of a file whose index would have come last. */
export const headlessClip = () => once('headless.mp4', async (path) => cutTo(await clip(2), path, 0.5));

/** One file behind another; ffmpeg reads the first. */
export const joinedClip = () =>
  once('joined.flv', async (path) => {
    const one = join(await clipFolder(), 'one.flv');
    await ffmpeg(...picture(1, '320x180', '25'), '-c:v', 'flv', one);
    const bytes = await readFile(one);
    await writeFile(path, Buffer.concat([bytes, bytes]));
  });

/** Eight seconds, of which nothing from the second one to the fifth can be decoded. */
export const damagedClip = () =>
  once('damaged.webm', (path) => {
    const coded = ['-c:v', 'libvpx', '-deadline', 'realtime', '-g', '25', '-b:v', '500k'];
    return ffmpeg(
      ...picture(8, '320x180', '25'),
      ...coded,
      '-bsf:v',
      "noise=amount='3*between(n,25,120)'",
      path,
    );
  });

/** Eight seconds whose bytes are there for the first half, as of an unfinished download: the others are zero. */
export const unfinishedClip = () =>
  once('unfinished.mp4', async (path) => {
    const whole = `${path}-whole.mp4`;
    await ffmpeg('-i', await clip(8), '-c', 'copy', '-movflags', '+faststart', whole);
    const bytes = await readFile(whole);
    await writeFile(path, bytes.fill(0, bytes.length / 2));
  });

/** Twelve seconds whose picture is renewed a column at a time: it is whole a second after a key frame. */
export const refreshedClip = () =>
  once('refreshed.mp4', (path) => {
    const refresh = ['-x264-params', 'intra-refresh=1:keyint=25'];
    return ffmpeg(...picture(12, '320x180', '25'), ...h264, ...refresh, path);
  });

/** Four seconds of whole pictures with sound, in an AVI whose index marks no picture as one: no seek finds any. */
export const unmarkedClip = () =>
  once('unmarked.avi', async (path) => {
    await ffmpeg(...picture(4, '320x180', '25'), ...sound(4), '-c:v', 'mjpeg', '-c:a', 'pcm_s16le', path);
    const bytes = await readFile(path);
    const index = bytes.lastIndexOf('idx1');
    for (let at = bytes.indexOf('00dc', index); at > 0; at = bytes.indexOf('00dc', at + 16)) {
      bytes.writeUInt32LE(0, at + 4);
    }
    await writeFile(path, bytes);
  });

async function cutTo(whole: string, path: string, share: number): Promise<void> {
  const bytes = await readFile(whole);
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)));
}

/** A playlist dressed as a video, pointing at a file that it must never read. */
export const dressedPlaylist = (canary: string) =>
  once('dressed.mp4', (path) =>
    writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${canary}\n#EXT-X-ENDLIST\n`),
  );

/** One second in each kind of container, small enough to be damaged hundreds of times. */
export const tinyClips = (): Promise<string[]> => {
  const codecs: Record<string, string[]> = {
    'tiny.mp4': [...h264, '-c:a', 'aac', '-movflags', '+faststart'],
    'tiny-fragmented.mp4': [...h264, '-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov'],
    'tiny.mkv': [...h264, '-c:a', 'ac3'],
    'tiny.webm': ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus'],
    'tiny.ts': ['-c:v', 'mpeg2video', '-c:a', 'mp2'],
    'tiny.avi': ['-c:v', 'mpeg4', '-c:a', 'libmp3lame'],
  };
  return Promise.all(
    Object.entries(codecs).map(([name, words]) =>
      once(name, (path) => ffmpeg(...picture(1, '160x90', '25'), ...sound(1), ...words, '-g', '10', path)),
    ),
  );
};
