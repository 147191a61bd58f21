import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Poster } from '../shared/db/posters.ts';
import { posterKey } from '../shared/keys.ts';
import { runFfmpeg } from './media/ffmpeg.ts';
import { posterSizes, sizesCommand } from './media/image-args.ts';
import { jpegSize } from './media/jpeg.ts';
import type { Step } from './run.ts';

const types = { jpg: 'image/jpeg', webp: 'image/webp' } as const;

/** Makes every size of a version from one picture, a JPEG, stores them, and says that the version is ready. */
export async function storePoster(
  { tools, signal }: Step,
  poster: Poster,
  jpeg: Buffer,
  folder: string,
): Promise<void> {
  const { videoId, generation, version, isChosen } = poster;
  const picture = join(folder, 'chosen');
  await writeFile(picture, jpeg);
  const sizes = posterSizes(jpegSize(jpeg));
  const fileOf = (width: number, format: string) => join(folder, `${width}-${format}`);
  await runFfmpeg(tools.ffmpeg, sizesCommand(picture, sizes, fileOf), { signal });
  const formats = Object.keys(types) as (keyof typeof types)[];
  await Promise.all(
    sizes.flatMap(({ width }) =>
      formats.map(async (format) => {
        const key = posterKey(videoId, isChosen ? null : generation, version ?? 0, width, format);
        const bytes = await readFile(fileOf(width, format));
        await tools.storage.put('thumbnails', key, bytes, types[format]);
      }),
    ),
  );
  await tools.db.posters.ready(
    poster._id,
    sizes.map(({ width }) => width),
  );
  await tools.db.pictures.setPoster({ videoId, generation });
}
