/**
 * Runs `work` for every item, at most `limit` of them at once, begun in their order. After the first error nothing
 * more begins, and the signal that the others were given is aborted; the error is thrown when all have ended, so
 * that nothing is left running behind the caller's back.
 * @throws what `work` or `signal` throws first.
 */
export async function atOnce<T>(
  limit: number,
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const waiting = [...items];
  async function workOn(): Promise<void> {
    while (waiting.length > 0 && !either.aborted) await work(waiting.shift() as T, either);
  }
  const runs = Array.from({ length: Math.min(limit, items.length) }, () =>
    workOn().catch((error) => failed.abort(error)),
  );
  await Promise.all(runs);
  signal.throwIfAborted();
  failed.signal.throwIfAborted();
}
