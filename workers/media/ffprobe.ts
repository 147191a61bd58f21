import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { MillraceError } from '../../shared/errors.ts';
import { noPackets, type Packets } from './packets.ts';
import { inputWhitelists, type Limits, notBegun, type SandboxTools, sandboxPrefix } from './sandbox.ts';
import { missingTime, scannedPackets } from './scanned-packets.ts';

/** Numbers arrive as text, or not at all, or as N/A. Anything that is no finite number counts as absent. */
const number = z.preprocess((value) => {
  const parsed = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}, z.number().optional());
const text = z.string().optional().catch(undefined);

const stream = z.object({
  index: z.int(),
  codec_type: text,
  codec_name: text,
  codec_tag_string: text,
  width: number,
  height: number,
  sample_aspect_ratio: text,
  pix_fmt: text,
  field_order: text,
  color_range: text,
  color_space: text,
  color_primaries: text,
  color_transfer: text,
  avg_frame_rate: text,
  r_frame_rate: text,
  start_time: number,
  duration: number,
  nb_frames: number,
  bit_rate: number,
  sample_rate: number,
  channels: number,
  channel_layout: text,
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z
    .array(
      z.object({
        rotation: number,
        displaymatrix: text,
        dv_profile: number,
        dv_bl_signal_compatibility_id: number,
      }),
    )
    .default([]),
});

export const probeReport = z.object({
  streams: z.array(stream).default([]),
  /** Of a transport stream: which of its streams belong together. */
  programs: z.array(z.object({ streams: z.array(z.object({ index: z.int() })).default([]) })).optional(),
  format: z
    .object({ format_name: text, start_time: number, duration: number, bit_rate: number, size: number })
    .default({}),
});

export type ProbedStream = z.infer<typeof stream>;
export type ProbeReport = z.infer<typeof probeReport>;

export type ProbeTool = { path: string; tools: SandboxTools };

const limits: Limits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 60, fileBytes: 1024 };
const describeSeconds = 30;
const scanSeconds = 600;

/** All that comes before the options. */
export function startOfProbe(probe: ProbeTool, cpuSeconds = limits.cpuSeconds): string[] {
  return [...sandboxPrefix(probe.tools, { ...limits, cpuSeconds }), probe.path];
}

function command(probe: ProbeTool, cpuSeconds: number, file: string, words: string[]): [string, string[]] {
  const [program = '', ...rest] = [
    ...startOfProbe(probe, cpuSeconds),
    ...['-v', 'error', ...inputWhitelists, ...words, '-i', `file:${file}`],
  ];
  return [program, rest];
}

const pictures = z.object({ frames: z.array(z.object({ pts_time: number })).default([]) });

/** When the pictures are shown that a decoder makes of the first so many packets of a stream. Seconds, rising. */
export async function decodedTimes(
  probe: ProbeTool,
  file: string,
  { index, packets }: { index: number; packets: number },
  signal: AbortSignal,
): Promise<number[]> {
  const first = ['-select_streams', String(index), '-read_intervals', `%+#${packets}`];
  const words = [...first, '-show_entries', 'frame=pts_time'];
  const { frames } = pictures.parse(await readJson(probe, file, words, signal));
  return frames.flatMap(({ pts_time }) => (pts_time === undefined ? [] : [pts_time])).sort((a, b) => a - b);
}

/** What ffprobe says as JSON. @throws MillraceError as `describe` does */
export async function readJson(
  probe: ProbeTool,
  file: string,
  words: string[],
  signal: AbortSignal,
): Promise<unknown> {
  const [program, args] = command(probe, limits.cpuSeconds, file, [...words, '-of', 'json']);
  const output = await new Promise<string>((resolve, reject) => {
    const options = {
      timeout: describeSeconds * 1000,
      maxBuffer: 4 * 1024 ** 2,
      killSignal: 'SIGKILL',
      signal,
    } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (signal.aborted) return reject(signal.reason);
      if (error.killed) return reject(tooSlow(error));
      // That says nothing of the file.
      if (error.signal) return reject(wasEnded(error));
      reject(notBegun(error.code, error) ?? unreadable(stderr, error));
    });
  });
  return JSON.parse(output);
}

type Scan = {
  streamIndexes: number[];
  formatName: string | undefined;
  /** Whether packets are wanted that an edit list leaves out, with the times that they have without it. */
  ignoresEdits?: boolean;
};

/**
 * Reads the time stamps of every packet of some streams in one pass, edit lists applied. The container's own idea
 * of its length can be wrong by any amount; this is what is really there. In the order of `streamIndexes`.
 * @throws MillraceError timed_out, encoding_failed when ffprobe was ended from outside, unavailable when it was not
 * begun.
 */
export async function scanPackets(
  probe: ProbeTool,
  file: string,
  { streamIndexes, formatName, ignoresEdits = false }: Scan,
  signal: AbortSignal,
): Promise<Packets[]> {
  const entries =
    'packet=stream_index,pts_time,dts_time,duration_time,size,pos,flags:packet_side_data=side_data_type';
  // ffprobe ends where 64 KiB hold no packet; ffmpeg goes on.
  const findsOn = formatName === 'mpegts' ? ['-resync_size', String(2 ** 31 - 1)] : [];
  const whole = ignoresEdits ? ['-ignore_editlist', '1'] : [];
  const words = [...findsOn, ...whole, '-show_entries', entries, '-of', 'csv=p=0'];
  const [program, args] = command(probe, scanSeconds, file, words);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], signal, killSignal: 'SIGKILL' });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, scanSeconds * 1000);
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(notBegun(error.code, error) ?? error));
    child.once('close', (code, by) => {
      if (by && !isLate) return reject(wasEnded(new Error(by)));
      const broken = notBegun(code, new Error(`ffprobe exited with code ${code}`));
      if (broken) reject(broken);
      else resolve();
    });
  });
  ended.catch(() => {});
  const found = new Map(streamIndexes.map((index) => [String(index), scannedPackets()]));
  const first = found.get(String(streamIndexes[0]));
  const missing = missingTime(formatName);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [index = '', ...fields] = line.split(',');
      const scanned = found.get(index);
      missing.add(fields, scanned !== undefined && scanned === first);
      if (!scanned) continue;
      if (scanned.count() === 0) scanned.facts.follows = first?.count() ?? 0;
      if (first && first.count() > 0) scanned.facts.later += 1;
      scanned.add(fields);
    }
    await ended;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
  if (first) first.facts.missingSeconds = missing.seconds();
  if (isLate) throw new MillraceError('timed_out', `The file could not be read within ${scanSeconds} s.`);
  return streamIndexes.map((index) => found.get(String(index))?.packets() ?? noPackets());
}

function wasEnded(cause: Error): MillraceError {
  return new MillraceError('encoding_failed', 'ffprobe was ended while it read the file.', { cause });
}

function tooSlow(cause: Error): MillraceError {
  return new MillraceError('timed_out', `The file could not be read within ${describeSeconds} s.`, { cause });
}

export function missingIndex(cause?: Error): MillraceError {
  const message = 'The file ends before its index, or in it: it was not copied whole.';
  return new MillraceError('truncated', message, { cause });
}

function unreadable(stderr: string, error: Error): MillraceError {
  const cause = new Error(stderr.slice(-2000) || error.message);
  if (/moov atom not found|partial file|End of file/i.test(stderr)) {
    return missingIndex(cause);
  }
  // Of a cut or damaged file even the table that decrypting needs cannot be read.
  if (/encryption info|reading senc/i.test(stderr)) {
    return new MillraceError('encrypted', 'The file is encrypted; upload it without protection.', { cause });
  }
  return new MillraceError('not_a_video', 'The file is not in a container that Millrace reads.', { cause });
}
