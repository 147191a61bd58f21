import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { connectDb } from '../../../shared/db/connect.ts';
import { type Client, createClient, type VideoReply } from '../../client.ts';
import { makeClip } from '../../demo-steps/sample-clip.ts';
import type { System } from '../../local/system.ts';
import { signIn } from '../../sign-in.ts';

/** Seconds from `complete`, by the record's own times. */
type Ingested = { videoId: string; playableSeconds: number; readySeconds: number };
export type Ingest = Awaited<ReturnType<typeof openIngest>>;

/** Asking more often would slow the work down. */
const askEvery = 1000;

/** An owner who uploads to a system. The first small video warms both processes up. */
export async function openIngest({ url, env }: System, folder: string) {
  const client: Client = createClient(url, await signIn(url, { login: 'demo', password: 'demo' }));

  async function until(videoId: string, isReached: (video: VideoReply) => boolean): Promise<VideoReply> {
    for (;;) {
      const video = await client.video(videoId);
      if (video.state === 'failed') throw new Error(`The video failed: ${video.error?.message}`);
      if (isReached(video)) return video;
      await sleep(askEvery);
    }
  }

  const ingest = {
    client,
    until,

    /** @returns the id of the video, once its bytes are there and its work has begun. */
    async begin(path: string): Promise<string> {
      return (await client.uploadFile(path)).videoId;
    },

    async toReady(path: string): Promise<Ingested> {
      const videoId = await this.begin(path);
      const video = await until(videoId, ({ state }) => state === 'ready');
      const readySeconds = secondsUntil(video, video.readyAt);
      return { videoId, playableSeconds: secondsUntil(video, video.playableAt), readySeconds };
    },

    /** The plan is no business of the api's clients, so it is read from the record. */
    async plan(videoId: string): Promise<EncodingPlan> {
      const db = await connectDb(env.MONGO_URL ?? '');
      try {
        const found = await db.videos.find(videoId);
        if (!found?.plan) throw new Error('The video has no plan.');
        return found.plan;
      } finally {
        await db.close();
      }
    },

    /** Whether a rung is the source's own picture. */
    async hasCopiedRung(videoId: string): Promise<boolean> {
      type Ladder = { candidates: { action: string }[] };
      const { candidates } = await client.call<Ladder>('GET', `/api/videos/${videoId}/ladder`);
      return candidates.some(({ action }) => action === 'copy');
    },
  };

  const small = join(folder, 'small.mp4');
  await makeClip({ path: small, seconds: 3 });
  await ingest.toReady(small);
  return ingest;
}

/** @throws Error when it has not come to that. */
export function secondsUntil({ uploadedAt, state }: VideoReply, time: string | null): number {
  if (!uploadedAt || !time) throw new Error(`The video is ${state} and lacks a time.`);
  return (Date.parse(time) - Date.parse(uploadedAt)) / 1000;
}
