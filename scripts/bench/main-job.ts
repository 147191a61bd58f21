import { join } from 'node:path';
import { connectDb } from '../../shared/db/connect.ts';
import { type Client, createClient, isSettled } from '../client.ts';
import { makeClip } from '../demo-steps/sample-clip.ts';
import { signIn } from '../sign-in.ts';
import { type BenchContext, type Figure, figure, inTurn, median } from './figure.ts';
import { encodePlainly } from './sides/plain-ffmpeg.ts';

const rounds = 3;
const clipSeconds = 24;
/** A slow zoom into endless detail: every pixel moves, as with a camera, and nothing repeats. */
const picture = 'mandelbrot=size=640x360:rate=30:end_scale=0.02:end_pts=720,scale=1280:720:flags=bicubic';

type Ingested = { videoId: string; playableSeconds: number; readySeconds: number };

/** From `complete` to ready through the api and one worker, against one ffmpeg that makes the same rungs. */
export async function run({ note, folder, startSystem }: BenchContext): Promise<Figure[]> {
  const source = join(folder, 'source.mp4');
  note(`making a clip of ${clipSeconds} s`);
  await makeClip({ path: source, seconds: clipSeconds, picture });
  const system = await startSystem();
  const client = createClient(system.url, await signIn(system.url, { login: 'demo', password: 'demo' }));
  const db = await connectDb(system.env.MONGO_URL ?? '');
  const ingested: Ingested[] = [];
  try {
    const [ready, plain] = await inTurn(
      rounds,
      async () => {
        const result = await ingest(client, source);
        ingested.push(result);
        note(`ready after ${result.readySeconds} s`);
        return result.readySeconds;
      },
      async () => {
        const video = await db.videos.find(ingested.at(-1)?.videoId ?? '');
        if (!video?.plan) throw new Error('The video has no plan.');
        const seconds = await encodePlainly({ plan: video.plan, source, folder });
        note(`plain ffmpeg took ${seconds.toFixed(3)} s`);
        return seconds;
      },
    );
    const playable = median(ingested.map(({ playableSeconds }) => playableSeconds));
    return [
      figure('main-job: complete to ready / plain ffmpeg', ready / plain, '', 'lower', 1.3),
      figure('main-job: complete to ready', ready, 's', 'lower'),
      figure('main-job: plain ffmpeg', plain, 's', 'lower'),
      figure('main-job: complete to playable / to ready', playable / ready, '', 'lower'),
    ];
  } finally {
    await db.close();
  }
}

/** By the record's own times, since asking for the state more often would slow the work down. */
async function ingest(client: Client, path: string): Promise<Ingested> {
  const { videoId } = await client.uploadFile(path);
  const { state, error, uploadedAt, playableAt, readyAt } = await client.follow(videoId, isSettled);
  if (!uploadedAt || !playableAt || !readyAt) throw new Error(`The video is ${state}: ${error?.message}`);
  const since = (time: string) => (Date.parse(time) - Date.parse(uploadedAt)) / 1000;
  return { videoId, playableSeconds: since(playableAt), readySeconds: since(readyAt) };
}
