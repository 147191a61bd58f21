import type { Tools } from '../../workers/tools.ts';

type Method = (...words: unknown[]) => unknown;

/** Tools of which the nth write, and all that would come after it, do not happen: as if the process had ended there. */
export function failingAt(nth: number, tools: Tools) {
  let writes = 0;
  const isReached = () => writes >= nth;
  const counting = <T extends object>(store: T, isWrite: (name: string) => boolean): T =>
    new Proxy(store, {
      get(target, name) {
        const real = Reflect.get(target, name);
        if (typeof real !== 'function' || !isWrite(String(name))) return real;
        return async (...words: unknown[]) => {
          writes += 1;
          if (isReached()) throw new Error(`ended before write ${nth}`);
          return (real as Method).apply(target, words);
        };
      },
    });
  const { db, redis } = tools;
  const every = () => true;
  return {
    tools: {
      ...tools,
      redis: counting(redis, (name) => name === 'eval'),
      db: {
        ...db,
        views: counting(db.views, every),
        viewLog: counting(db.viewLog, every),
        trending: counting(db.trending, every),
        videos: counting(db.videos, every),
        engagements: counting(db.engagements, every),
        // Between the last write of a transaction and its end lies one more place to end.
        transaction: ((work) =>
          db.transaction(async (session) => {
            const done = await work(session);
            writes += 1;
            if (isReached()) throw new Error(`ended before write ${nth}, the end of a transaction`);
            return done;
          })) as Tools['db']['transaction'],
      },
    },
    isReached,
  };
}
