import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Client, createClient, isSettled } from './client.ts';
import { makeClip } from './demo-steps/sample-clip.ts';
import { type Document, operationIds, type Seeds, withSeeds } from './fuzz/document.ts';
import { onInterrupt } from './local/interrupt.ts';
import { endWithParent } from './local/server.ts';
import { type System, startSystem } from './local/system.ts';
import { signIn } from './sign-in.ts';

const settings = join(import.meta.dirname, 'fuzz', 'schemathesis.toml');
const usage = 'Usage: scripts/fuzz-api [--examples N] [--seed N] [--as anonymous|user|admin]... [--once]';

/** Who asks: the account that signs in, if any. */
const callers = { anonymous: undefined, user: 'demo', admin: 'admin' } as const;
type Caller = keyof typeof callers;

/** What may take the caller's own session away: asked last, each in a run of its own with a fresh one. */
const lastOnes = ['deleteAuthSessions', 'deleteAuthSessionsBySessionId', 'postAuthLogout', 'deleteAuthMe'];

/** `once`: each operation is asked by one, who is not signed in where nobody need be, and an administrator else. */
type Options = { program: string; examples: string; seed: string; callers: Caller[]; once: boolean };

function readArguments(): Options {
  const { values } = parseArgs({
    options: {
      program: { type: 'string' },
      examples: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      as: { type: 'string', multiple: true },
      once: { type: 'boolean', default: false },
    },
  });
  const { program, examples, seed, once, as = once ? ['anonymous', 'admin'] : Object.keys(callers) } = values;
  const isCaller = (name: string): name is Caller => name in callers;
  if (!program || !/^[1-9]\d*$/.test(examples) || !/^\d+$/.test(seed) || !as.every(isCaller))
    throw new Error('An option does not fit.');
  return { program, examples, seed, callers: as, once };
}

/** A video that plays, and one that nobody needs. */
async function seed(client: Client, { dir }: System): Promise<Seeds> {
  const path = join(dir, 'fuzzed.mp4');
  await makeClip({ path, seconds: 2, picture: 'testsrc2=size=320x240:rate=30' });
  const kept = await client.uploadFile(path);
  const spare = await client.uploadFile(path);
  const { state } = await client.follow(kept.videoId, isSettled);
  if (state !== 'ready') throw new Error(`The video to begin with is ${state}.`);
  await client.view(kept.videoId, 'GB');
  return {
    ...{ videoId: kept.videoId, uploadId: kept.uploadId },
    ...{ spareVideoId: spare.videoId, spareUploadId: spare.uploadId },
  };
}

/** @returns whether Schemathesis has nothing to say against the api. */
async function fuzz(system: System, options: Options, caller: Caller, signal: AbortSignal): Promise<boolean> {
  const owner = createClient(system.url, await signIn(system.url, { login: 'demo', password: 'demo' }));
  const document = (await (await fetch(`${system.url}/openapi.json`)).json()) as Document;
  const file = join(system.dir, `openapi-${caller}.json`);
  await writeFile(file, JSON.stringify(withSeeds(document, await seed(owner, system))));
  const { examples, seed: number, program } = options;
  const words = [
    ...['-m', 'schemathesis.cli', '--config-file', settings, 'run', file, '--url', system.url],
    ...['--checks', 'all', '--max-examples', examples, '--seed', number, '--continue-on-failure'],
    ...['--generation-database', 'none', '--warnings', 'off', '--no-color'],
  ];
  const ofOthers = options.once ? operationIds(document, caller === 'anonymous' ? 'closed' : 'open') : [];
  const last = lastOnes.filter((name) => !ofOthers.includes(name));
  const first = [...last, ...ofOthers].flatMap((name) => ['--exclude-operation-id', name]);
  let passed = true;
  for (const chosen of [first, ...last.map((name) => ['--include-operation-id', name])]) {
    const login = callers[caller];
    const cookie = login && (await signIn(system.url, { login, password: login }));
    const header = cookie ? ['--header', `Cookie: ${cookie}`] : [];
    const code = await runIn(system.dir, [program, ...words, ...chosen, ...header], signal);
    passed &&= code === 0;
  }
  return passed;
}

/** What it leaves there goes with the stack. */
async function runIn(cwd: string, words: string[], signal: AbortSignal): Promise<number | null> {
  const [command = '', ...rest] = [...endWithParent(), ...words];
  const child = spawn(command, rest, { cwd, stdio: ['ignore', 'inherit', 'inherit'], signal });
  const [code] = await once(child, 'close');
  return code;
}

async function main(options: Options): Promise<void> {
  const signal = onInterrupt(() => console.error('\nStopping.'));
  const system = await startSystem({
    note: (line) => console.error(line),
    signal,
    env: { LOCAL_ACCOUNTS: 'true' },
  });
  try {
    const failed: Caller[] = [];
    for (const caller of options.callers) {
      console.log(`\nAs ${caller}:`);
      if (!(await fuzz(system, options, caller, signal))) failed.push(caller);
    }
    console.log(failed.length > 0 ? `Failed as ${failed.join(', ')}.` : 'Nothing was found.');
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await system.stop();
  }
}

let options: Options | undefined;
try {
  options = readArguments();
} catch (error) {
  console.error(`${(error as Error).message}\n${usage}`);
  process.exitCode = 2;
}
if (options) {
  await main(options).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
