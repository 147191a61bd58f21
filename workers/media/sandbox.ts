import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { MillraceError } from '../../shared/errors.ts';

const run = promisify(execFile);
const versionSeconds = 20;

/** What one run of ffmpeg or ffprobe may use. Bytes and seconds. */
export type Limits = { memoryBytes: number; cpuSeconds: number; fileBytes: number };

/** Which of the limiting tools this system has; macOS has none of the first two. */
export type SandboxTools = { setpriv: boolean; prlimit: boolean; nice: boolean };

export function findSandboxTools(path: string): SandboxTools {
  const has = (name: string) =>
    path.split(delimiter).some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return { setpriv: has('setpriv'), prlimit: has('prlimit'), nice: has('nice') };
}

/**
 * The words before the program: it dies with the worker, gains no privileges, is held to the limits, and gives
 * way to the worker itself. Each word runs the next by exec, so the process id stays that of the program and one
 * SIGKILL ends it. There is no `timeout` here: it forks, and its child would outlive a killed worker.
 */
export function sandboxPrefix(tools: SandboxTools, limits: Limits): string[] {
  return [
    ...(tools.setpriv ? ['setpriv', '--pdeathsig', 'SIGKILL', '--no-new-privs', '--'] : []),
    ...(tools.prlimit
      ? [
          'prlimit',
          `--as=${limits.memoryBytes}`,
          `--cpu=${limits.cpuSeconds}`,
          `--fsize=${limits.fileBytes}`,
          '--nofile=256',
          '--core=0',
          '--',
        ]
      : []),
    ...(tools.nice ? ['nice', '-n', '5'] : []),
  ];
}

/**
 * What ffmpeg and ffprobe may open: local files in containers that hold their own bytes. A playlist dressed as a
 * video would otherwise make them read other files or addresses.
 */
export const inputWhitelists = [
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,ogg,mpeg,asf,mxf,dv',
];

/**
 * @throws Error naming the variable that names the program, when that cannot be run or is another one, and where the
 * limits
 *   are to blame those. `start` is all that comes before its options.
 */
export async function checkProgram(name: 'ffmpeg' | 'ffprobe', start: string[]): Promise<void> {
  const variable = `${name.toUpperCase()}_PATH`;
  const [first = '', ...words] = start;
  const options = { timeout: versionSeconds * 1000, killSignal: 'SIGKILL' } as const;
  const { stdout } = await run(first, [...words, '-version'], options).catch((error) => {
    const reason = error.stderr?.trim() || error.message;
    if (/^prlimit: failed to set/.test(reason)) {
      const advice = 'give the worker as much as that (ulimit -n 256, ulimits of a container)';
      throw new Error(`The limits of ${name} cannot be set: ${reason}; ${advice}`, { cause: error });
    }
    throw new Error(`The program of ${variable} cannot be run: ${reason}`, { cause: error });
  });
  if (!stdout.startsWith(`${name} version`)) throw new Error(`The program of ${variable} is not ${name}.`);
}

/**
 * `unavailable` where a program was not even begun, which says nothing of its file. `code` is the system's name for
 * why, or an exit code: a shell and the words of the prefix say it with 126 and 127, ffmpeg and ffprobe never end with
 * those.
 */
export function notBegun(code: unknown, cause: Error): MillraceError | undefined {
  if (code !== 126 && code !== 127 && !/^E[A-Z0-9]+$/.test(String(code))) return undefined;
  return new MillraceError('unavailable', 'The media programs of a worker cannot be run.', { cause });
}
