import type { IncomingMessage } from 'node:http';
import { networkOf } from '../../shared/addresses.ts';
import type { Config } from '../../shared/config.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type LimitClass, limitClasses, type Quota } from '../../shared/rate-limits.ts';
import type { Redis } from '../../shared/redis.ts';
import { createLeases, type Standing } from './leases.ts';
import { createQuotaCounter } from './quota-counter.ts';

type Exchange = { req: IncomingMessage; state: { ownHeaders: string[] } };

export type Limits = {
  /**
   * Counts a request for its account, else for the network it comes from, and says in its reply how that stands.
   * Waits only where Redis has to be asked.
   */
  admits(
    limitClass: LimitClass | null,
    accountId: string | undefined,
    exchange: Exchange,
  ): boolean | Promise<boolean>;
  /** The same. @throws MillraceError too_many_requests */
  check(
    limitClass: LimitClass | null,
    accountId: string | undefined,
    exchange: Exchange,
  ): undefined | Promise<void>;
  /**
   * Counts what a handler knows more of, as the e-mail address that a sign-in tries.
   * @throws MillraceError too_many_requests
   */
  take(limitClass: LimitClass, key: string): Promise<void>;
  close(): void;
};

/** Guessing, making accounts and asking for tickets is rare: there Redis counts each request by itself. */
const leased: readonly LimitClass[] = ['search', 'suggest', 'view', 'rest'];

const none: Limits = { admits: () => true, check: () => undefined, take: async () => {}, close() {} };

export function createLimits(
  { RATE_LIMITS, REDIS_PREFIX }: Config,
  redis: Redis,
  log: Log,
  addressOf: (request: IncomingMessage) => string,
): Limits {
  if (!RATE_LIMITS) return none;
  const counter = createQuotaCounter(redis, REDIS_PREFIX, log);
  const leases = createLeases(counter);
  const rules = new Map(limitClasses.map((name) => [name, ruleOf(name, RATE_LIMITS[name])]));
  const ruleFor = (limitClass: LimitClass) => rules.get(limitClass) as Rule;

  /** Nothing where there is no limit. */
  function spend(
    limitClass: LimitClass | null,
    accountId: string | undefined,
    { req, state }: Exchange,
  ): Standing | Promise<Standing> | undefined {
    if (limitClass === null) return undefined;
    const rule = ruleFor(limitClass);
    const id = rule.begins + (accountId ?? networkOf(addressOf(req)));
    const standing = leases.take(id, rule.quota, rule.leases);
    if (!(standing instanceof Promise)) return tell(rule, standing, state.ownHeaders);
    return standing.then((known) => tell(rule, known, state.ownHeaders));
  }

  return {
    admits(limitClass, accountId, exchange) {
      const standing = spend(limitClass, accountId, exchange);
      return standing instanceof Promise ? standing.then(({ passes }) => passes) : (standing?.passes ?? true);
    },
    check(limitClass, accountId, exchange) {
      const standing = spend(limitClass, accountId, exchange);
      if (standing instanceof Promise) return standing.then(refuse);
      if (standing) refuse(standing);
      return undefined;
    },
    async take(limitClass, key) {
      const { begins, quota } = ruleFor(limitClass);
      refuse(await leases.take(`${begins}= ${key}`, quota, false));
    },
    close: counter.close,
  };
}

type Rule = { quota: Quota; leases: boolean; begins: string; policy: string; standing: string };

/** The words that each reply needs, put together once. */
function ruleOf(name: LimitClass, quota: Quota): Rule {
  return {
    quota,
    leases: leased.includes(name),
    begins: `${name} `,
    policy: `"${name}";q=${quota.requests};w=${quota.seconds}`,
    standing: `"${name}";r=`,
  };
}

/** Structured fields as in draft-ietf-httpapi-ratelimit-headers-10. */
function tell(rule: Rule, standing: Standing, headers: string[]): Standing {
  headers.push('RateLimit-Policy', rule.policy);
  headers.push('RateLimit', `${rule.standing}${standing.left};t=${standing.resetSeconds}`);
  return standing;
}

function refuse({ passes, resetSeconds }: Standing): void {
  if (passes) return;
  const seconds = resetSeconds === 1 ? 'a second' : `${resetSeconds} seconds`;
  throw new MillraceError('too_many_requests', `Too many requests. Try again in ${seconds}.`, {
    retryAfterSeconds: resetSeconds,
  });
}
