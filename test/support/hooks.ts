import type { Context } from 'mocha';
import { nameTest, startWatching, stopWatching, takeDifferences } from './reply-watch.ts';
import { stopStack } from './system.ts';

export const mochaHooks = {
  beforeAll() {
    startWatching();
  },
  beforeEach(this: Context) {
    nameTest(this.currentTest?.fullTitle() ?? '');
  },
  /** Stops the servers that all test files share. Here and not after each test, as a failing hook ends the run. */
  async afterAll() {
    await stopStack();
    stopWatching();
    const differences = takeDifferences();
    if (differences.length > 0) throw new Error(`Replies that are not declared:\n${differences.join('\n')}`);
  },
};
