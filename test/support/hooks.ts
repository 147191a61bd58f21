import { stopStack } from './system.ts';

/** Stops the servers that all test files share. */
export const mochaHooks = {
  async afterAll() {
    await stopStack();
  },
};
