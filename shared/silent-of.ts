import { refusesWrites } from './unless-silent.ts';

const checkSeconds = 2;

/**
 * Asks all at once. `late` aborts when nobody waits any longer.
 * @returns the names of those that refuse, or have not answered within two seconds, and of a Redis that it takes no
 * writes
 */
export async function silentOf(
  checks: Record<string, (late: AbortSignal) => Promise<unknown>>,
): Promise<string[]> {
  const late = AbortSignal.timeout(checkSeconds * 1000);
  const over = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true });
  });
  const names = Object.entries(checks).map(([name, check]) =>
    Promise.race([check(late), over]).then(
      () => [],
      (error) => [refusesWrites(error) ? `${name} (takes no writes)` : name],
    ),
  );
  return (await Promise.all(names)).flat();
}
