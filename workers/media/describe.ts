import { open } from 'node:fs/promises';
import { MillraceError } from '../../shared/errors.ts';
import { endsInIndex } from './cut-off.ts';
import { missingIndex, type ProbeReport, type ProbeTool, probeReport, readJson } from './ffprobe.ts';
import { hideCodec } from './hide-codec.ts';

/** For a picture that begins long after the sound, in streams that only show its size there: microseconds, bytes. */
const longLook = ['-analyzeduration', String(600e6), '-probesize', String(100 * 1024 ** 2)];
/** Tracks whose codecs cannot be opened. */
const mostRefused = 16;

/**
 * Streams and container of a local file. Codecs that cannot be opened become unknown, in the file.
 * @throws MillraceError not_a_video, truncated, encrypted or timed_out; encoding_failed when ffprobe was ended from
 * outside,
 *   unavailable when it was not begun.
 */
export async function describe(probe: ProbeTool, file: string, signal: AbortSignal): Promise<ProbeReport> {
  if (await isPicture(file)) {
    throw new MillraceError('not_a_video', 'The file is a picture (HEIC or AVIF), not a video.');
  }
  const found = await lookPast(probe, file, signal).catch(async (error) => {
    const mayBeCut = error instanceof MillraceError && error.code === 'not_a_video';
    throw mayBeCut && (await endsInIndex(file)) ? missingIndex(error) : error;
  });
  const hasPicture = found.streams.some(({ codec_type, width }) => codec_type === 'video' && width);
  if (!hasPicture && (await endsInIndex(file))) throw missingIndex();
  const lacksSize = found.streams.some(({ codec_type, width }) => codec_type === 'video' && !width);
  return lacksSize ? look(probe, file, longLook, signal) : found;
}

/** Pictures in the boxes of MP4, by their first brand: to ffprobe they are a video of one second, or one cut off. */
async function isPicture(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(12), 0, 12, 0);
    return /^ftyp(?:avif|mif[12]|hei[cxms])$/.test(buffer.toString('latin1', 4, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Where it gives up because of the codec of one track, as it knows the rest: without that. */
async function lookPast(probe: ProbeTool, file: string, signal: AbortSignal): Promise<ProbeReport> {
  for (let left = mostRefused; ; left -= 1) {
    try {
      return await look(probe, file, [], signal);
    } catch (error) {
      const mayHelp = left > 0 && error instanceof MillraceError && error.code === 'not_a_video';
      const refused = mayHelp ? await findRefused(probe, file, signal) : undefined;
      if (refused === undefined || !(await hideCodec(file, refused))) throw error;
    }
  }
}

/** The stream that has a codec which cannot be opened; that is said as a warning. */
async function findRefused(probe: ProbeTool, file: string, signal: AbortSignal): Promise<number | undefined> {
  const said = await look(probe, file, ['-v', 'warning'], signal).then(
    () => '',
    (error: MillraceError) => String(error.cause),
  );
  signal.throwIfAborted();
  const [, index] = /Could not open codec for input stream (\d+)/.exec(said) ?? [];
  return index === undefined ? undefined : Number(index);
}

async function look(
  probe: ProbeTool,
  file: string,
  more: string[],
  signal: AbortSignal,
): Promise<ProbeReport> {
  const entries = ['-show_streams', '-show_format', '-show_entries', 'program_stream=index'];
  return probeReport.parse(await readJson(probe, file, [...more, ...entries], signal));
}
