import type { Client } from '../../scripts/client.ts';
import type { Storyboard } from '../../shared/contracts/encoding.ts';
import { jobId, tilesKey } from '../../shared/keys.ts';
import { tilesIn } from '../../workers/media/image-args.ts';
import { type System, until } from './system.ts';

/** Uploads a file and, before `publish` joins its tiles, lets `spoil` take something away. */
export async function uploadWithStoryboard(
  system: System,
  client: Client,
  path: string,
  about: Parameters<Client['uploadFile']>[1] = {},
  spoil: (tileKeys: string[]) => Promise<void> = async () => {},
): Promise<{ videoId: string; uploadId: string; storyboard: Storyboard }> {
  const { db, queues } = system.context;
  const publish = queues.all.find(({ name }) => name === 'publish');
  await publish?.pause();
  const { videoId, uploadId } = await client.uploadFile(path, about);
  const id = jobId('publish', videoId, 1);
  await until('end of encoding', async () => (await queues.state('publish', id)) === 'prioritized', 60);
  const plan = (await db.videos.find(videoId))?.plan;
  if (!plan) throw new Error('the video has no plan');
  const chunks = [...plan.chunks.keys()].filter((chunk) => tilesIn(plan, chunk).length > 0);
  await spoil(chunks.map((chunk) => tilesKey(videoId, 1, chunk)));
  await publish?.resume();
  return { videoId, uploadId, storyboard: plan.storyboard };
}
