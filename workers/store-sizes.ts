import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureFormat } from '../shared/keys.ts';
import { runFfmpeg } from './media/ffmpeg.ts';
import { posterSizes, sizesCommand } from './media/image-args.ts';
import { jpegSize } from './media/jpeg.ts';
import type { Step } from './run.ts';

const types = { jpg: 'image/jpeg', webp: 'image/webp' } as const;

/** Makes every size of one picture, a JPEG, as JPEG and WebP, and stores them. Their widths in pixels, rising. */
export async function storeSizes(
  { tools, signal }: Step,
  jpeg: Buffer,
  folder: string,
  keyOf: (width: number, format: PictureFormat) => string,
): Promise<number[]> {
  const picture = join(folder, 'chosen');
  await writeFile(picture, jpeg);
  const sizes = posterSizes(jpegSize(jpeg));
  const fileOf = (width: number, format: string) => join(folder, `${width}-${format}`);
  await runFfmpeg(tools.ffmpeg, sizesCommand(picture, sizes, fileOf), { signal });
  const formats = Object.keys(types) as PictureFormat[];
  await Promise.all(
    sizes.flatMap(({ width }) =>
      formats.map(async (format) => {
        const bytes = await readFile(fileOf(width, format));
        await tools.storage.put('thumbnails', keyOf(width, format), bytes, types[format]);
      }),
    ),
  );
  return sizes.map(({ width }) => width);
}
