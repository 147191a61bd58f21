/**
 * Does pieces of work with the same key together: while some are under way others gather, and `mostAtOnce` of them go
 * next. `work` gives one result for each piece, in their order. When it throws, all that went with it fail.
 */
export function workTogether<T, R>(work: (key: string, pieces: T[]) => Promise<R[]>, mostAtOnce: number) {
  type Waiting = { piece: T; done(result: R): void; failed(error: unknown): void };
  /** A key is here while something of it is under way. */
  const gathering = new Map<string, Waiting[]>();

  async function run(key: string, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const round = waiting.splice(0, mostAtOnce);
      try {
        const pieces = round.map(({ piece }) => piece);
        const results = await work(key, pieces);
        round.forEach(({ done }, index) => {
          done(results[index] as R);
        });
      } catch (error) {
        for (const { failed } of round) failed(error);
      }
    }
    gathering.delete(key);
  }

  return (key: string, piece: T): Promise<R> =>
    new Promise((done, failed) => {
      const mine = { piece, done, failed };
      const waiting = gathering.get(key);
      if (waiting) waiting.push(mine);
      else {
        const first = [mine];
        gathering.set(key, first);
        void run(key, first);
      }
    });
}
