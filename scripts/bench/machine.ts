import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

type Machine = {
  cores: number;
  /** GiB */
  memory: number;
  cpu: string;
  node: string;
  ffmpeg: string;
  os: string;
};

/** Where the figures come from: they mean nothing without it. */
export function describeMachine(): Machine {
  const version = execFileSync(process.env.FFMPEG_PATH || 'ffmpeg', ['-version'], { encoding: 'utf8' });
  return {
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 1024 ** 3),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.version,
    ffmpeg: /^ffmpeg version (\S+)/.exec(version)?.[1] ?? 'unknown',
    os: `${type()} ${release()}`,
  };
}
