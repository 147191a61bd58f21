import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from '../../scripts/local/binary.ts';
import { type EncodeTool, prepareFfmpeg, runFfmpeg } from '../../workers/media/ffmpeg.ts';
import type { FfmpegCommand } from '../../workers/media/ffmpeg-command.ts';
import { findSandboxTools } from '../../workers/media/sandbox.ts';
import { skip } from './skip.ts';

/** Runs commands as a worker does, with a folder of their own for what they write. */
export type Bench = {
  folder: string;
  tool: EncodeTool;
  run(command: FfmpegCommand): Promise<void>;
  close(): Promise<void>;
};

const programs: [string, () => string][] = [
  ['the system’s ffmpeg', () => 'ffmpeg'],
  ['a second ffmpeg (9.0.2)', () => findBinary('ffmpeg-9.0.2', 'SECOND_FFMPEG_PATH')],
];

export async function openBench(program = 'ffmpeg'): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'));
  const tool = prepareFfmpeg(folder, program, findSandboxTools(process.env.PATH ?? ''));
  const { signal } = new AbortController();
  return {
    folder,
    tool,
    run: async (command) => {
      await runFfmpeg(tool, command, { signal });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Describes the same behaviour for each ffmpeg; where the second is missing, its tests are skipped. */
export function withBothFfmpegs(describeOne: (bench: () => Bench) => void): void {
  for (const [name, find] of programs) {
    describe(`with ${name}`, () => {
      let bench: Bench | undefined;
      before(async function () {
        let path = '';
        try {
          path = find();
        } catch {
          skip(this, 'it is not there; SECOND_FFMPEG_PATH may name it');
        }
        bench = await openBench(path);
      });
      after(async () => {
        await bench?.close();
      });
      describeOne(() => {
        if (!bench) throw new Error('ffmpeg was not found');
        return bench;
      });
    });
  }
}
