import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import createCommand from 'fluent-ffmpeg';
import { MillraceError } from '../../shared/errors.ts';
import type { FfmpegCommand } from './ffmpeg-command.ts';
import { inputWhitelists, type Limits, notBegun, type SandboxTools, sandboxPrefix } from './sandbox.ts';

export type EncodeTool = {
  /** The path of a script that starts ffmpeg in the sandbox. */
  launcher(): Promise<string>;
  canNice: boolean;
};

export type FfmpegRun = {
  /** Ends the run earlier than the job's own limit would. */
  timeoutSeconds?: number;
  signal: AbortSignal;
  /** Somebody waits to watch the video: other runs give way to this one. */
  isUrgent?: boolean;
  /** Frames of the first video output so far; called about twice a second. */
  onFrames?: (frames: number) => void;
  /** Each line that it prints, also those that are not kept. */
  onLine?: (line: string) => void;
};

/** `stderr` is the end of it; `undecoded` counts the packets that could not be decoded, early or late. */
export type FfmpegResult = { frames: number; stderr: string; undecoded: number };

/** Said of a packet of which nothing comes, by older and newer ones. */
const undecodable = /Error while decoding|Error submitting \w+ to (the )?decoder|Decoding error/i;

/** Said before encoders sum up, in many lines. What a file says of itself, and that may be anything, is indented. */
const notWritten = /^\S.*(No space left on device|Disk quota exceeded|Read-only file system)/;

const guards = ['-nostdin', '-max_pixels', '33177600', '-max_alloc', '536870912'];
/** Jobs run beside each other, one per core; several threads that share a job's pictures cost more than they win. */
const oneFilterThread = ['-filter_complex_threads', '1'];

/** How much nicer a run is than an urgent one: beside one it gets about a third as much time. */
const patience = 5;

/** Thrown when ffmpeg ends with an error; what it printed last is in `stderr`. */
export class FfmpegError extends Error {
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super(`${message}: ${stderr.split('\n').slice(-4).join(' | ')}`);
    this.name = 'FfmpegError';
    this.stderr = stderr;
  }
}

/**
 * Runs ffmpeg in the sandbox until it ends, and kills it when `signal` aborts or the time is up.
 * @throws FfmpegError, MillraceError timed_out or unavailable, or the signal's reason.
 */
export async function runFfmpeg(
  tool: EncodeTool,
  command: FfmpegCommand,
  run: FfmpegRun,
): Promise<FfmpegResult> {
  const launcher = await tool.launcher();
  run.signal.throwIfAborted();
  const niceness = run.isUrgent || !tool.canNice ? 0 : patience;
  const ffmpeg = createCommand({ stdoutLines: 60, niceness }).setFfmpegPath(launcher);
  for (const { options, ...input } of [command.input, ...(command.moreInputs ?? [])]) {
    const words = 'graph' in input ? ['-f', 'lavfi'] : inputWhitelists;
    const from = 'graph' in input ? input.graph : `file:${input.path}`;
    ffmpeg.input(from).inputOptions(...guards, ...oneFilterThread, ...words, ...options);
  }
  if (command.filter) ffmpeg.complexFilter(command.filter);
  for (const output of command.outputs) ffmpeg.output(output.path).outputOptions(...output.options);

  return new Promise((resolve, reject) => {
    let frames = 0;
    let undecoded = 0;
    let isWritable = true;
    let stopped: unknown;
    let hasBegun = false;
    const stop = (reason: unknown) => {
      stopped ??= reason;
      if (hasBegun) return ffmpeg.kill('SIGKILL');
      // fluent-ffmpeg still asks the program what it can do, which nothing ends: where that hangs, nobody waits for it.
      settle();
      reject(stopped);
    };
    const onAbort = () => stop(run.signal.reason);
    const { timeoutSeconds } = run;
    const timer =
      timeoutSeconds &&
      setTimeout(() => {
        stop(new MillraceError('timed_out', `The work took longer than ${timeoutSeconds} s.`));
      }, timeoutSeconds * 1000);
    const settle = () => {
      if (timer) clearTimeout(timer);
      run.signal.removeEventListener('abort', onAbort);
    };
    run.signal.addEventListener('abort', onAbort, { once: true });
    ffmpeg.on('start', () => {
      hasBegun = true;
      if (stopped !== undefined) stop(stopped);
    });
    ffmpeg.on('stderr', (line: string) => {
      run.onLine?.(line);
      if (undecodable.test(line)) undecoded += 1;
      isWritable &&= !notWritten.test(line);
      const found = /^frame=\s*(\d+)/.exec(line);
      if (!found) return;
      frames = Number(found[1]);
      run.onFrames?.(frames);
    });
    ffmpeg.on('end', (_stdout: string | null, stderr: string | null) => {
      settle();
      resolve({ frames, stderr: stderr ?? '', undecoded });
    });
    ffmpeg.on('error', (error: NodeJS.ErrnoException, _stdout: string | null, stderr: string | null) => {
      settle();
      const failed = new FfmpegError(error.message, stderr ?? '');
      const exit = /exited with code (\d+)/.exec(error.message)?.[1];
      const broken = notBegun(exit ? Number(exit) : error.code, failed);
      const unwritten = new MillraceError('unavailable', 'The disk cannot be written to.', { cause: failed });
      reject(stopped ?? broken ?? (isWritable ? failed : unwritten));
    });
    ffmpeg.run();
  });
}

/** Backstops; a job's own time limit and the size of its plan end it long before. */
const limits: Limits = { memoryBytes: 16 * 1024 ** 3, cpuSeconds: 4 * 3600, fileBytes: 64 * 1024 ** 3 };

/**
 * One launcher for a process: fluent-ffmpeg starts one program by its path, and keeps that path in a variable that
 * all commands share. It is written when it is wanted and not there: folders for temporary files are cleaned.
 */
export function prepareFfmpeg(folder: string, ffmpegPath: string, tools: SandboxTools): EncodeTool {
  const path = join(folder, 'ffmpeg.sh');
  const words = [...sandboxPrefix(tools, limits), ffmpegPath];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const launcher = async () => {
    if (existsSync(path)) return path;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Another run may begin it at once, so it gets its name when it is whole.
    const part = `${path}.${randomUUID()}`;
    await writeFile(part, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o700 });
    await rename(part, path);
    return path;
  };
  return { launcher, canNice: tools.nice };
}
