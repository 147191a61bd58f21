import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MillraceError } from '../shared/errors.ts';
import { FfmpegError, runFfmpeg } from './media/ffmpeg.ts';
import type { FfmpegCommand } from './media/ffmpeg-command.ts';
import { uploadCommand } from './media/image-args.ts';
import type { Step } from './run.ts';

const pictureSeconds = 60;

/**
 * An uploaded picture as a JPEG, 1280 pixels at most.
 * @throws MillraceError invalid_image when the bytes are no JPEG, PNG or WebP picture, whatever their ticket said.
 */
export async function readPicture(
  { key, etag }: { key: string; etag: string | null },
  folder: string,
  step: Step,
): Promise<Buffer> {
  const [upload, file] = [join(folder, 'upload'), join(folder, 'picture')];
  await step.tools.storage.download('raw', key, { etag, bytes: null }, upload, step.signal);
  const jpeg = await runForPicture(uploadCommand(upload, file), file, step).catch((error) => {
    if (!(error instanceof FfmpegError) || /was killed/.test(error.message)) throw error;
    throw invalidImage(error);
  });
  if (jpeg.length === 0) throw invalidImage();
  return jpeg;
}

/** Runs ffmpeg, and gives the file that it has made. */
export async function runForPicture(
  command: FfmpegCommand,
  file: string,
  { tools, signal }: Step,
): Promise<Buffer> {
  await runFfmpeg(tools.ffmpeg, command, { signal, timeoutSeconds: pictureSeconds });
  return readFile(file);
}

function invalidImage(cause?: unknown): MillraceError {
  const message = 'The file is not a whole JPEG, PNG or WebP picture of at most 50 megapixels.';
  return new MillraceError('invalid_image', message, { cause });
}
