import { readConfig } from '../shared/config.ts';
import { runOrExplain } from '../shared/lifecycle.ts';
import { startWorker } from './start.ts';

await runOrExplain(readConfig, startWorker);
