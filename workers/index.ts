import { setFlagsFromString } from 'node:v8';
import { type Config, readConfig } from '../shared/config.ts';
import { runOrExplain } from '../shared/lifecycle.ts';
import { startWorker } from './start.ts';

await runOrExplain(readConfig, (config: Config) => {
  // V8 lets less garbage lie then, and takes longer: encoding would pay for it (docs/performance.md).
  if (!config.WORKER_QUEUES.encode) setFlagsFromString('--optimize-for-size');
  return startWorker(config);
});
