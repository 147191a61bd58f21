import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFolder, ffmpeg } from './clips.ts';

type Kind = 'jpg' | 'png' | 'webp' | 'gif';
const encoders: Record<Kind, string[]> = {
  jpg: ['-c:v', 'mjpeg', '-q:v', '2', '-f', 'mjpeg'],
  png: ['-c:v', 'png', '-f', 'image2', '-update', '1'],
  webp: ['-c:v', 'libwebp', '-f', 'webp'],
  gif: ['-f', 'gif'],
};

/** A picture file, without an ending in its name: what it is shows its content alone. `graph` is lavfi. */
export async function pictureFile(
  kind: Kind,
  graph = 'testsrc2=size=900x600',
  name: string = kind,
): Promise<string> {
  const path = join(await clipFolder(), `picture-${name}`);
  await ffmpeg('-f', 'lavfi', '-i', graph, '-frames:v', '1', ...encoders[kind], path);
  return path;
}

/** A JPEG that says it must be turned by a quarter to be upright, as cameras write them. */
export async function turnedPicture(graph: string): Promise<string> {
  const jpeg = await readFile(await pictureFile('jpg', graph, 'unturned'));
  const entry = Buffer.from([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
  const tiff = Buffer.concat([Buffer.from('II*\0\b\0\0\0\x01\0', 'latin1'), entry, Buffer.alloc(4)]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  const path = join(await clipFolder(), 'picture-turned');
  await writeFile(path, Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]));
  return path;
}
