import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { isSettled, type VideoReply } from '../../scripts/client.ts';
import { clip, clipFolder, tinyClips } from '../support/clips.ts';
import { mutate, randomFrom } from '../support/mutate.ts';
import { type System, startSystem, until } from '../support/system.ts';

/** A few in every run of the tests; `npm run test:long` takes 200. */
const count = Number(process.env.MUTATED_FILES || 12);
const seed = Number(process.env.MUTATED_SEED || 1);
/** A folder with more files to damage, those of up to 1 MB. */
const folder = process.env.MEDIA_DIR;
const atOnce = 6;
const limitSeconds = 300;

describe(`${count} damaged files (MUTATED_FILES), seed ${seed} (MUTATED_SEED)`, function () {
  this.timeout(count * 30_000 + 60_000);
  let system: System;
  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  it('each make a video or fail with a reason, and leave nothing behind', async () => {
    const originals = [...(await tinyClips()), ...(folder ? smallFiles(folder) : [])];
    const outcomes = new Map<string, number[]>();
    const wrong: string[] = [];
    const waiting = Array.from({ length: count }, (_, index) => index);
    const takeTurns = async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const original = originals[index % originals.length] ?? '';
        // A number of its own for each, so that one can be made again without the others.
        const { bytes, what } = mutate(await readFile(original), randomFrom(seed * 100_003 + index));
        const path = join(await clipFolder(), `mutated-${index}`);
        await writeFile(path, bytes);
        const outcome = await outcomeOf(path);
        outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), index]);
        if (!/^(ready|failed:(?!internal)\w+)$/.test(outcome)) {
          wrong.push(`${index}, of ${basename(original)}, ${what}: ${outcome}`);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, takeTurns));
    for (const [outcome, indexes] of outcomes) {
      console.log(
        `        ${outcome}: ${indexes.length > 5 ? indexes.length : `number ${indexes.join(', ')}`}`,
      );
    }
    expect(wrong).to.deep.equal([]);

    const left = async () => [...(await scratchFolders()), ...childPrograms()];
    await until('end of all work', async () => (await left()).length === 0).catch(() => {});
    expect(await left(), 'left behind').to.deep.equal([]);
  });

  it('and a good one still becomes ready afterwards', async () => {
    expect(await outcomeOf(await clip(1, '320x180'))).to.equal('ready');
  });

  async function outcomeOf(path: string): Promise<string> {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(path);
    const ended = client.follow(videoId, isSettled, undefined, limitSeconds);
    return ended.then(describeOutcome, (error: Error) => error.message);
  }

  function describeOutcome({ state, error }: VideoReply): string {
    return error ? `${state}:${error.code}` : state;
  }

  /** What the worker has on disk, but for the sources that it keeps and its launcher of ffmpeg. */
  async function scratchFolders(): Promise<string[]> {
    const roots = await readdir(system.config.WORK_DIR);
    const names = await Promise.all(roots.map((root) => readdir(join(system.config.WORK_DIR, root))));
    return names.flat().filter((name) => !['sources', 'ffmpeg.sh'].includes(name));
  }
});

/** Programs that this process has started and that still run; Linux alone shows them. */
function childPrograms(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const [, name = '', parent] = /\((.*)\) . (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return Number(parent) === process.pid && name.startsWith('ff') ? [name] : [];
    } catch {
      return []; // no process, or gone meanwhile
    }
  });
}

function smallFiles(from: string): string[] {
  return readdirSync(from)
    .map((name) => join(from, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= 1e6);
}
