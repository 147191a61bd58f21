import type { Config } from './config.ts';
import type { Log } from './log.ts';

type Running = { log: Log; stop(): Promise<void> };

/**
 * A process's life: read the configuration, start, run until SIGTERM or SIGINT, stop, exit. A second signal
 * ends the process at once. Exits 0 after a clean stop, 1 when starting or stopping failed, or when stopping
 * took 15 s longer than the grace for running work.
 */
export async function runOrExplain(
  read: () => Config,
  start: (config: Config) => Promise<Running>,
): Promise<never> {
  let config: Config;
  let running: Running;
  try {
    config = read();
    running = await start(config);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
  const { log } = running;
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  log.info({ signal }, 'stopping');
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  setTimeout(
    () => {
      log.error('stopping took too long');
      process.exit(1);
    },
    (config.SHUTDOWN_GRACE_SECONDS + 15) * 1000,
  ).unref();
  try {
    await running.stop();
    log.info('stopped');
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    process.exit(1);
  }
}
