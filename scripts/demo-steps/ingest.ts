import { extname } from 'node:path';
import { type Client, isSettled, ProblemError, type VideoReply } from '../client.ts';
import type { DemoFile } from './arguments.ts';
import type { Progress } from './progress.ts';

/** What became of one file. Seconds count from `complete`. */
export type Outcome = {
  file: string;
  videoId: string | null;
  state: string;
  /** Why it failed, as a sentence. */
  error: string | null;
  playableSeconds: number | null;
  readySeconds: number | null;
  durationSeconds: number | null;
  renditions: { name: string; width: number; height: number; averageBandwidth: number }[];
  playlist: string | null;
};

const types: Record<string, string> = {
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
};
/** Encoding takes as long as it takes; a day means that something is wrong. */
const limitSeconds = 24 * 3600;

/** One file through the public api: ticket, bytes, complete, then wait. A file that fails is an outcome, no error. */
export async function ingest(client: Client, { file, path }: DemoFile, progress: Progress): Promise<Outcome> {
  const line = progress.add(file);
  const end = (outcome: Outcome) => {
    line.done(outcome);
    return outcome;
  };
  try {
    const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream';
    const { videoId } = await client.uploadFile(path, { type }, line.sent);
    const rungsOf = rungReader(client);
    const video = await client.follow(
      videoId,
      isSettled,
      (seen) => line.seen(seen, rungsOf(seen)),
      limitSeconds,
    );
    const playlist = video.state === 'ready' ? (await client.playback(videoId)).playlist : null;
    return end(describe(file, video, playlist));
  } catch (error) {
    const reason = error instanceof ProblemError ? error.problem.detail : (error as Error).message;
    return end({
      ...{ file, videoId: null, state: 'failed', error: sentence(reason), playableSeconds: null },
      ...{ readySeconds: null, durationSeconds: null, renditions: [], playlist: null },
    });
  }
}

function describe(file: string, video: VideoReply, playlist: string | null): Outcome {
  const { videoId, state, error, uploadedAt, durationSeconds, renditions } = video;
  const since = (time: string | null) =>
    time && uploadedAt ? (Date.parse(time) - Date.parse(uploadedAt)) / 1000 : null;
  return {
    ...{ file, videoId, state, durationSeconds, playlist },
    error: error && sentence(error.message),
    playableSeconds: since(video.playableAt),
    readySeconds: since(video.readyAt),
    renditions: renditions.map(({ name, width, height, averageBandwidth }) => ({
      ...{ name, width, height, averageBandwidth },
    })),
  };
}

/** Names the rungs of a video. Before it is ready only its growing playlist knows them, so that is read once. */
function rungReader(client: Client) {
  let hasAsked = false;
  let known: string[] = [];
  const ask = async (videoId: string) => {
    const { playlist } = await client.playback(videoId);
    const text = await (await fetch(playlist)).text();
    const sizes = [...text.matchAll(/#EXT-X-STREAM-INF:.*RESOLUTION=(\d+)x(\d+)/g)];
    const sides = sizes.map(([, width, height]) => Math.min(Number(width), Number(height)));
    known = [...new Set(sides)].sort((a, b) => a - b).map((side) => `${side}p`);
  };
  return ({ videoId, playable, renditions }: VideoReply): string[] => {
    if (renditions.length > 0) return renditions.map(({ name }) => name);
    if (playable && !hasAsked) {
      hasAsked = true;
      ask(videoId).catch(() => {}); // an ornament: without it there are no names
    }
    return known;
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
