import type { Quota } from '../../shared/rate-limits.ts';
import type { Alone, QuotaCounter } from './quota-counter.ts';

/** Whether a request may pass, what is left as far as this process knows, and when all of it is back. */
export type Standing = { passes: boolean; left: number; resetSeconds: number };

type Account = {
  /** Ours to spend until the window ends. */
  held: number;
  /** How many the last lease gave. */
  lease: number;
  /** What Redis had beyond that when it was last asked. */
  left: number;
  endsAt: number;
  /** Until then nothing is to be had. */
  closedUntil: number;
  alone: Alone | undefined;
  /** How many requests wait for the answer of Redis. */
  waiting: number;
  asking: Promise<void> | undefined;
};

/** A lease is this part of what is left: big at first, single requests near the end, where exactness counts. */
const leaseShare = 32;
const askAgainAfter = 1000;

export type Leases = ReturnType<typeof createLeases>;

/**
 * Spends quotas that all processes share without asking Redis for each request. A process takes a lease, spends it
 * here, and takes the next one before that has run out. When Redis has no more, the others are asked to return what
 * they hold: so exactly the quota passes, whichever processes the requests come to.
 *
 * rate-limiter-flexible counts in Redis too, but all or nothing: its script cannot hand out a part of what is left, nor
 * take back what was not spent. Leases need both, and with them little of it would remain.
 */
export function createLeases(counter: QuotaCounter, mostAccounts = 20_000) {
  // Two generations bound the memory: what was not asked for during a whole one goes.
  let young = new Map<string, Account>();
  let old = new Map<string, Account>();

  function accountOf(id: string): Account {
    const known = young.get(id);
    if (known) return known;
    if (young.size >= mostAccounts) {
      old = young;
      young = new Map();
    }
    const account = old.get(id) ?? newAccount();
    young.set(id, account);
    return account;
  }

  /** An answer at once, except when Redis has to be asked first. `leases` is for what is asked often. */
  function take(id: string, quota: Quota, leases: boolean): Standing | Promise<Standing> {
    const account = accountOf(id);
    const now = performance.now();
    if (account.endsAt <= now || (account.alone === 'unanswered' && counter.answers())) empty(account);
    if (account.held > 0) {
      account.held -= 1;
      const isLow = account.held * 2 < account.lease && account.left >= leaseShare;
      if (leases && isLow) account.asking ??= ask(id, account, quota, true);
      return standing(account, true, now);
    }
    if (account.closedUntil > now) return standing(account, false, now);
    return wait(id, account, quota, leases);
  }

  async function wait(id: string, account: Account, quota: Quota, leases: boolean): Promise<Standing> {
    account.waiting += 1;
    try {
      for (;;) {
        account.asking ??= ask(id, account, quota, leases);
        await account.asking;
        if (account.held > 0) {
          account.held -= 1;
          return standing(account, true, performance.now());
        }
        if (account.closedUntil > performance.now()) return standing(account, false, performance.now());
      }
    } finally {
      account.waiting -= 1;
    }
  }

  async function ask(id: string, account: Account, quota: Quota, leases: boolean): Promise<void> {
    const share = leases ? leaseShare : 0;
    const wanted = account.waiting;
    let granted = await counter.take(id, quota, wanted, share);
    if (leases && typeof granted === 'object' && granted.given < wanted) {
      add(account, granted);
      await counter.recall(id);
      granted = await counter.take(id, quota, wanted - granted.given, share);
    }
    account.asking = undefined;
    if (typeof granted === 'string') {
      goOnAlone(account, quota, granted);
      return;
    }
    add(account, granted);
    if (wanted > 0 && granted.given === 0)
      account.closedUntil = Math.min(account.endsAt, performance.now() + askAgainAfter);
  }

  counter.onRecall((id) => {
    const account = young.get(id) ?? old.get(id);
    if (!account || account.alone) return;
    if (account.held === 0 || account.endsAt <= performance.now()) return;
    const unspent = account.held;
    account.held = 0;
    account.left = 0;
    counter.giveBack(id, unspent, account.endsAt);
  });

  return { take };
}

function newAccount(): Account {
  return {
    ...{ held: 0, lease: 0, left: 0, endsAt: 0, closedUntil: 0, alone: undefined },
    ...{ waiting: 0, asking: undefined },
  };
}

function empty(account: Account): void {
  Object.assign(account, { held: 0, lease: 0, left: 0, endsAt: 0, closedUntil: 0, alone: undefined });
}

function add(
  account: Account,
  { given, left, endsAt }: { given: number; left: number; endsAt: number },
): void {
  // Leases of an earlier window are worth nothing in the next.
  if (account.endsAt <= performance.now()) account.held = 0;
  account.held += given;
  account.lease = given;
  account.left = left;
  account.endsAt = endsAt;
  account.alone = undefined;
}

/** Each process lets through what was left when Redis was last heard, or a whole quota, and then nothing. */
function goOnAlone(account: Account, quota: Quota, why: Alone): void {
  const now = performance.now();
  if (account.endsAt <= now) {
    account.held = quota.requests;
    account.endsAt = now + quota.seconds * 1000;
  } else if (!account.alone) account.held += account.left;
  account.alone = why;
  account.left = 0;
  account.closedUntil = account.endsAt;
}

function standing({ held, left, endsAt }: Account, passes: boolean, now: number): Standing {
  return { passes, left: held + left, resetSeconds: Math.max(1, Math.ceil((endsAt - now) / 1000)) };
}
