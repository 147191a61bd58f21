import { writeFile } from 'node:fs/promises';
import type { Client } from '../../client.ts';

/** Puts the largest rung of a published video into one file, segment after segment, as a player gets it. */
export async function fetchTopRung({ playback }: Client, videoId: string, path: string): Promise<void> {
  const { playlist } = await playback(videoId);
  const master = (await read(playlist)).toString().split('\n');
  const variants = master.flatMap((line, index) => {
    const [, width] = /^#EXT-X-STREAM-INF:.*RESOLUTION=(\d+)x/.exec(line) ?? [];
    return width ? [{ width: Number(width), uri: master[index + 1] ?? '' }] : [];
  });
  const [top] = variants.sort((a, b) => b.width - a.width);
  if (!top) throw new Error('The master playlist has no variant.');
  const address = new URL(top.uri, playlist);
  const media = (await read(address)).toString();
  const [, init] = /^#EXT-X-MAP:URI="([^"]+)"/m.exec(media) ?? [];
  const segments = media.split('\n').filter((line) => line && !line.startsWith('#'));
  const parts: Buffer[] = [];
  for (const uri of [init ?? '', ...segments]) parts.push(await read(new URL(uri, address)));
  await writeFile(path, Buffer.concat(parts));
}

async function read(url: string | URL): Promise<Buffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return Buffer.from(await response.arrayBuffer());
}
