import type { Step } from '../run.ts';

/** Writes what search knows of videos that have changed, until there are no more of them. */
export async function search(_payload: object, { tools, log, signal }: Step): Promise<void> {
  let count = 0;
  for (let done = -1; done !== 0; count += done) {
    signal.throwIfAborted();
    done = await tools.db.search.indexStale();
  }
  if (count > 0) log.info({ videos: count }, 'search follows');
}
