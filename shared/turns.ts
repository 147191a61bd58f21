/**
 * Lets `atOnce` pieces of work run at the same time and `mostWaiting` more wait, in the order they came. Whoever
 * comes after that is refused at once.
 * @throws what `refusal` gives.
 */
export function takeTurns(atOnce: number, mostWaiting: number, refusal: () => Error) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running += 1;
    else if (waiting.length < mostWaiting) await new Promise<void>((begin) => waiting.push(begin));
    else throw refusal();
    try {
      return await work();
    } finally {
      // A place is handed on, so that nobody who comes just now takes it first.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
