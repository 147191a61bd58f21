/** As if the clock of this process were so many seconds ahead while `work` runs; those of the servers are not. */
export async function withClockAhead<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const real = Date;
  const now = () => real.now() + seconds * 1000;
  globalThis.Date = new Proxy(real, {
    construct: (target, words) => Reflect.construct(target, words.length > 0 ? words : [now()]),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  try {
    return await work();
  } finally {
    globalThis.Date = real;
  }
}
