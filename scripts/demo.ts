import { join } from 'node:path';
import { createClient } from './client.ts';
import { listAddresses } from './demo-steps/addresses.ts';
import { type DemoFile, type DemoOptions, readArguments, usage } from './demo-steps/arguments.ts';
import { ingest } from './demo-steps/ingest.ts';
import { type Progress, showProgress } from './demo-steps/progress.ts';
import { makeClip } from './demo-steps/sample-clip.ts';
import { isRanked, sendViews, waitForRanks } from './demo-steps/trending.ts';
import { onInterrupt } from './local/interrupt.ts';
import { type System, startSystem } from './local/system.ts';
import { signIn } from './sign-in.ts';

const sampleSeconds = 20;
/** The schedule's real interval is minutes; nobody at a demo wants to wait for it. */
const rankEverySeconds = '2';

/** Ingests the files and ranks them. @returns whether all became ready and have a rank. */
async function show(
  system: System,
  options: DemoOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  const client = createClient(system.url, await signIn(system.url, { login: 'demo', password: 'demo' }));
  const files = options.files.length > 0 ? options.files : [await makeSample(system, progress, signal)];
  const outcomes = await Promise.all(files.map((file) => ingest(client, file, progress)));
  progress.close();
  const ready = outcomes.flatMap(({ state, videoId }) => (state === 'ready' && videoId ? [videoId] : []));
  if (ready.length > 0) progress.note(await sendViews(createClient(system.url), ready));
  const trending = await waitForRanks(client, ready);
  const addresses = `\n${listAddresses(system, outcomes, trending)}\n`;
  if (options.json) {
    progress.note(addresses);
    process.stdout.write(`${JSON.stringify({ videos: outcomes, trending })}\n`);
  } else process.stdout.write(`${addresses}\n`);
  return ready.length === files.length && isRanked(trending, ready);
}

/** In the stack's folder, so that it goes with it whatever happens. */
async function makeSample({ dir }: System, { note }: Progress, signal: AbortSignal): Promise<DemoFile> {
  note(`Making a clip of ${sampleSeconds} s.`);
  const path = join(dir, 'sample.mp4');
  await makeClip({ path, seconds: sampleSeconds, signal });
  return { file: 'sample.mp4', path };
}

async function main(options: DemoOptions): Promise<void> {
  const progress = showProgress(process.stderr);
  const signal = onInterrupt(() => {
    progress.close();
    progress.note('\nStopping.');
  });
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interrupted.catch(() => {});
  let system: System | undefined;
  try {
    system = await startSystem({
      note: progress.note,
      signal,
      env: { TRENDING_EVERY_SECONDS: rankEverySeconds },
    });
    const failure = system.watch(signal);
    failure.catch(() => {});
    const isComplete = await Promise.race([show(system, options, progress, signal), failure, interrupted]);
    process.exitCode = isComplete || !options.once ? 0 : 1;
    if (!options.once) {
      progress.note('Ctrl-C stops everything.');
      await Promise.race([failure, interrupted]).catch((error) => {
        if (!signal.aborted) throw error;
        process.exitCode = 0;
      });
    }
  } catch (error) {
    if (!signal.aborted) {
      process.exitCode = 1;
      progress.note((error as Error).message);
    }
  }
  await system?.stop();
  process.exit(); // what an interrupted step still waits for does not matter
}

let options: DemoOptions | undefined;
try {
  options = readArguments(process.argv.slice(2), process.env.INIT_CWD ?? '.');
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
if (options?.help) console.log(usage);
else if (options) await main(options);
