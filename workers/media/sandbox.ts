import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

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
