import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atOnce } from '../shared/at-once.ts';
import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import type { Sprites } from '../shared/contracts/images.ts';
import type { Attempt, Video, Warning } from '../shared/db/video-record.ts';
import { sheetKey, sheetName, storyboardKey, tilesKey, tilesPrefix } from '../shared/keys.ts';
import { storyboardVtt } from '../shared/storyboard.ts';
import { isUnavailable } from '../shared/unless-silent.ts';
import { runFfmpeg } from './media/ffmpeg.ts';
import { spritesCommand, tilesIn } from './media/image-args.ts';
import { splitJpegs } from './media/jpeg.ts';
import { planSheets } from './media/sheets.ts';
import type { Step } from './run.ts';

const downloadsAtOnce = 6;
const spriteSeconds = 60;

type Made = { storyboard: Sprites | null; warnings: Warning[] };

/**
 * Joins the tiles that the chunks have stored into sprites, with a WebVTT. A storyboard that cannot be made costs a
 * warning, never the video.
 */
export async function makeStoryboard(
  { _id: videoId, generation }: Video,
  plan: EncodingPlan,
  step: Step,
): Promise<Made> {
  const { storyboard } = plan;
  const { tools, signal, log } = step;
  const { storage } = tools;
  try {
    const { intervalSeconds, width: tileWidth, height: tileHeight, frames } = storyboard;
    const sheets = planSheets(frames.length);
    const sprites: Sprites = { generation, intervalSeconds, tileWidth, tileHeight, sheets };
    const vttKey = storyboardKey(videoId, generation);
    // It is stored last. When it is there, an earlier run of the job has done all this, and the tiles may be gone.
    if (!(await storage.head('thumbnails', vttKey))) {
      await tools.scratch.withFolder('storyboard', async (folder) => {
        const tiles = await fetchTiles({ videoId, generation }, plan, folder, step);
        const files = sheets.map((_, sheet) => join(folder, sheetName(sheet)));
        const command = spritesCommand(tiles, sheets, files);
        await runFfmpeg(tools.ffmpeg, command, { signal, timeoutSeconds: spriteSeconds });
        await Promise.all(
          files.map(async (file, sheet) => {
            const key = sheetKey(videoId, generation, sheet);
            await storage.put('thumbnails', key, await readFile(file), 'image/jpeg');
          }),
        );
      });
      const vtt = storyboardVtt(sprites, plan.durationSeconds, sheetName);
      await storage.put('thumbnails', vttKey, vtt, 'text/vtt');
    }
    await storage
      .removeAll('thumbnails', tilesPrefix(videoId, generation))
      .catch((error) => log.warn({ err: error }, 'tiles not removed'));
    return { storyboard: sprites, warnings: [] };
  } catch (error) {
    // Without the store or room on the disk it is put off, as any other work.
    if (signal.aborted || isUnavailable(error)) throw error;
    log.warn({ err: error }, 'no storyboard');
    const message = 'The pictures for scrubbing could not be made; the video plays without them.';
    return { storyboard: null, warnings: [{ code: 'storyboard_missing', message }] };
  }
}

/**
 * All tiles in the order of the video, in one file.
 * @throws Error when not all of them are there.
 */
async function fetchTiles(
  { videoId, generation }: Attempt,
  plan: EncodingPlan,
  folder: string,
  { tools, signal }: Step,
): Promise<string> {
  const withTiles = [...plan.chunks.keys()].filter((chunk) => tilesIn(plan, chunk).length > 0);
  const fileOf = (chunk: number) => join(folder, `tiles-${chunk}`);
  const any = { etag: null, bytes: null };
  await atOnce(downloadsAtOnce, withTiles, signal, (chunk, either) => {
    const key = tilesKey(videoId, generation, chunk);
    return tools.storage.download('thumbnails', key, any, fileOf(chunk), either);
  });
  const all = join(folder, 'tiles');
  let count = 0;
  for (const chunk of withTiles) {
    const tiles = await readFile(fileOf(chunk));
    count += splitJpegs(tiles).length;
    await appendFile(all, tiles);
  }
  const due = plan.storyboard.frames.length;
  if (count !== due) throw new Error(`${count} of ${due} tiles are there`);
  return all;
}
