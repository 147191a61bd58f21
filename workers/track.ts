import { join } from 'node:path';
import type { EncodingPlan, RenditionPart } from '../shared/contracts/encoding.ts';
import type { PartId } from '../shared/db/parts.ts';
import type { Video } from '../shared/db/video-record.ts';
import { whileCurrent } from './attempt.ts';
import { type FfmpegResult, runFfmpeg } from './media/ffmpeg.ts';
import type { FfmpegCommand } from './media/ffmpeg-command.ts';
import { mediaFault } from './media-fault.ts';
import { announceProgress } from './playlists.ts';
import type { Step } from './run.ts';
import { type Encoded, storeRendition } from './store-rendition.ts';
import { storeWhileRunning } from './store-while-running.ts';

export type Track = {
  id: PartId;
  video: Video;
  plan: EncodingPlan;
  name: string;
  starts: Encoded['starts'];
  withKeyFrames: boolean;
  /** Makes of the source what `command` reads in its place. */
  before?: (source: string, file: string) => FfmpegCommand;
  command: (source: string, file: string) => FfmpegCommand;
};

type MadeTrack = { part: RenditionPart; seconds: number; ffmpeg: FfmpegResult };

/** Playing may wait for a first segment. */
const lookMilliseconds = 250;

/**
 * Makes one track of the source whole, by one ffmpeg. Its segments are stored and announced while ffmpeg still
 * writes, so that nobody waits for the end of a long track.
 */
export async function makeTrack(track: Track, step: Step): Promise<MadeTrack> {
  const { tools } = step;
  const { id, video, plan, name, starts, withKeyFrames } = track;
  const started = performance.now();
  return whileCurrent(step, id, 'encoding', (signal) =>
    tools.sources.withSource(video.source, signal, (source) =>
      tools.scratch.withFolder(id.step, async (folder) => {
        const path = join(folder, 'track.mp4');
        const encoded = {
          ...{ name, path, firstNumber: 1, starts, withKeyFrames, withInit: true },
          lookMilliseconds,
        };
        const prepared = join(folder, 'prepared');
        if (track.before) {
          await runFfmpeg(tools.ffmpeg, track.before(source, prepared), { signal }).catch(mediaFault);
        }
        const command = track.command(track.before ? prepared : source, path);
        type Stored = [RenditionPart, FfmpegResult];
        const [part, ffmpeg] = await storeWhileRunning<Stored>(
          tools.ffmpeg,
          command,
          { signal },
          (running) => [
            storeRendition(tools, video, encoded, running, async (soFar) => {
              await tools.db.parts.grow(id, soFar);
              await announceProgress(tools, video, plan);
            }),
            running,
          ],
        );
        return { part, seconds: (performance.now() - started) / 1000, ffmpeg };
      }),
    ),
  );
}
