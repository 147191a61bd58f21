import { readConfig } from '../shared/config.ts';
import { runOrExplain } from '../shared/lifecycle.ts';
import { startApi } from './start.ts';

await runOrExplain(readConfig, startApi);
