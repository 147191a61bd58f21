import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import type { Client } from '../../scripts/client.ts';
import type { Storyboard } from '../../shared/contracts/encoding.ts';
import { jobId, tilesKey } from '../../shared/keys.ts';
import { tilesOutput } from '../../workers/media/image-args.ts';
import { planStoryboard } from '../../workers/media/storyboard.ts';
import { openBench } from './both-ffmpegs.ts';
import { type System, until } from './system.ts';

/**
 * Uploads a file whose plan gets a storyboard and whose tiles are stored, as encoding does it, before `publish` sees
 * them. `spoil` may take something away.
 */
export async function uploadWithStoryboard(
  system: System,
  client: Client,
  path: string,
  about: Parameters<Client['uploadFile']>[1] = {},
  spoil: (tileKeys: string[]) => Promise<void> = async () => {},
): Promise<{ videoId: string; uploadId: string; storyboard: Storyboard }> {
  const { db, queues, storage } = system.context;
  const publish = queues.all.find(({ name }) => name === 'publish');
  await publish?.pause();
  const { videoId, uploadId } = await client.uploadFile(path, about);
  const id = jobId('publish', videoId, 1);
  await until('end of encoding', async () => (await queues.state('publish', id)) === 'waiting', 60);
  const plan = (await db.videos.find(videoId))?.plan;
  if (!plan) throw new Error('the video has no plan');
  const { durationSeconds, frameCount, rate, chunks } = plan;
  const display = plan.rungs.at(-1) ?? { width: 0, height: 0 };
  const storyboard = planStoryboard(durationSeconds, frameCount, rate, display);
  const bench = await openBench();
  const keys: string[] = [];
  for (const [chunk, span] of chunks.entries()) {
    const file = join(bench.folder, `tiles-${chunk}`);
    const tiles = tilesOutput(storyboard, span, '[in]', '[tiles]', file);
    if (!tiles) continue;
    const trim = `[0:v:0]trim=start_frame=${span.startFrame}:end_frame=${span.endFrame}[in]`;
    await bench.run({
      input: { path, options: [] },
      filter: `${trim};${tiles.filter}`,
      outputs: [tiles.output],
    });
    keys.push(tilesKey(videoId, 1, chunk));
    await storage.put('thumbnails', keys.at(-1) ?? '', await readFile(file), 'video/x-motion-jpeg');
  }
  await bench.close();
  const connection = await createConnection(system.env.MONGO_URL ?? '').asPromise();
  await connection
    .collection<{ _id: string }>('videos')
    .updateOne({ _id: videoId }, { $set: { 'plan.storyboard': storyboard } });
  await connection.close();
  await spoil(keys);
  await publish?.resume();
  return { videoId, uploadId, storyboard };
}
