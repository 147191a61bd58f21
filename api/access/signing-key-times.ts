import type { SigningKey } from '../../shared/db/signing-keys.ts';

/** How long a process may go on with what it knows of the keys. */
export const refreshMs = 60_000;
/** How long others may keep the published keys. */
export const publishedSeconds = 300;
/** From when a key is published until it signs: whoever verifies has it by then, with clocks that differ too. */
export const leadMs = 600_000;
/** Beyond the end of the last token: processes that had not yet heard of the next key, and clocks that differ. */
const graceMs = 300_000;

export type KeyTimes = {
  /** Signs new tokens. */
  current: SigningKey | undefined;
  /** Published, and will sign or may yet: the current one and those to come. */
  signing: SigningKey[];
  /** Their tokens are accepted. */
  verifying: SigningKey[];
  /** No token of theirs is left. */
  ended: SigningKey[];
};

/** What each key is for at a moment. `keys` begin with the oldest. */
export function keyTimes(keys: SigningKey[], now: number): KeyTimes {
  // Where the clock that made the first key is ahead of ours, that key signs all the same.
  const current = keys.findLast(({ signsFrom }) => signsFrom.getTime() <= now) ?? keys[0];
  const signing = keys.filter(({ serial }) => serial >= (current?.serial ?? 0));
  const ended: SigningKey[] = [];
  let replacedAt = Number.POSITIVE_INFINITY;
  for (const key of keys.toReversed()) {
    if (replacedAt + key.tokenSeconds * 1000 + graceMs <= now) ended.push(key);
    replacedAt = Math.min(replacedAt, key.signsFrom.getTime());
  }
  return { current, signing, verifying: keys.filter((key) => !ended.includes(key)), ended };
}

/** When the key after the newest one should begin to sign; undefined while it is too early to publish it. */
export function nextSignsFrom(newest: SigningKey, days: number, now: number): Date | undefined {
  const due = newest.signsFrom.getTime() + days * 86_400_000;
  return due - leadMs <= now ? new Date(Math.max(due, now + leadMs)) : undefined;
}
