import { takeTurns } from './turns.ts';

/**
 * Lets pieces of work with the same key run one after the other, in the order they came; those with different keys do
 * not wait for each other.
 * @throws what `refusal` gives, when `mostWaiting` wait for the same key.
 */
export function turnsByKey(mostWaiting: number, refusal: () => Error) {
  const keys = new Map<string, { turn: ReturnType<typeof takeTurns>; here: number }>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = keys.get(key) ?? { turn: takeTurns(1, mostWaiting, refusal), here: 0 };
    keys.set(key, mine);
    mine.here += 1;
    try {
      return await mine.turn(work);
    } finally {
      mine.here -= 1;
      if (mine.here === 0) keys.delete(key);
    }
  };
}
