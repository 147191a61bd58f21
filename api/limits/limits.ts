import type { IncomingMessage, ServerResponse } from 'node:http';
import { networkOf } from '../../shared/addresses.ts';
import type { Config } from '../../shared/config.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { type LimitClass, limitClasses, type Quota } from '../../shared/rate-limits.ts';
import type { Redis } from '../../shared/redis.ts';
import { createLeases, type Standing } from './leases.ts';
import { createQuotaCounter } from './quota-counter.ts';

type Exchange = { req: IncomingMessage; res: ServerResponse };

export type Limits = {
  /**
   * Counts a request for its account, else for the network it comes from, and says in its reply how that stands.
   * Waits only where Redis has to be asked. @throws MillraceError too_many_requests
   */
  check(
    limitClass: LimitClass | null,
    accountId: string | undefined,
    exchange: Exchange,
  ): Promise<void> | undefined;
  /** Counts what a handler knows more of, as the e-mail address that a sign-in tries. @throws MillraceError too_many_requests */
  take(limitClass: LimitClass, key: string): Promise<void>;
  close(): void;
};

/** Guessing, making accounts and asking for tickets is rare: there Redis counts each request by itself. */
const leased: readonly LimitClass[] = ['search', 'view', 'rest'];

const none: Limits = { check: () => undefined, take: async () => {}, close() {} };

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

  return {
    check(limitClass, accountId, { req, res }) {
      if (limitClass === null) return undefined;
      const rule = ruleFor(limitClass);
      const standing = leases.take(
        rule.begins + (accountId ?? networkOf(addressOf(req))),
        rule.quota,
        rule.leases,
      );
      if (standing instanceof Promise) return standing.then((known) => settle(rule, known, res));
      settle(rule, standing, res);
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
function settle(rule: Rule, standing: Standing, response: ServerResponse): void {
  response.setHeader('RateLimit-Policy', rule.policy);
  response.setHeader('RateLimit', `${rule.standing}${standing.left};t=${standing.resetSeconds}`);
  refuse(standing);
}

function refuse({ passes, resetSeconds }: Standing): void {
  if (passes) return;
  const seconds = resetSeconds === 1 ? 'a second' : `${resetSeconds} seconds`;
  throw new MillraceError('too_many_requests', `Too many requests. Try again in ${seconds}.`, {
    retryAfterSeconds: resetSeconds,
  });
}
