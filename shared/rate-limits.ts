import { z } from 'zod';

/** What a route may cost: each class has a quota of its own. */
export const limitClasses = [
  'sign-in',
  'register',
  'ticket',
  'search',
  'suggest',
  'view',
  'comment',
  'rest',
] as const;

export type LimitClass = (typeof limitClasses)[number];

/** So many requests in so many seconds. */
export type Quota = { requests: number; seconds: number };

type RateLimits = Readonly<Record<LimitClass, Quota>>;

/**
 * Many viewers may share an address; who guesses passwords, makes accounts or writes to others needs few of them. A
 * page asks for suggestions with every key, so they would leave nothing of the quota of what is typed for.
 */
export const usualLimits =
  'sign-in=20/60,register=10/600,ticket=60/60,search=60/60,suggest=300/60,view=120/60,comment=30/60,rest=1200/60';

/**
 * `sign-in=10/60,rest=600/60`: the other classes keep their usual quota. `off`: nobody is limited. An hour is the
 * longest window: until it ends, Redis keeps a number for each who called.
 */
export const rateLimits = z.string().transform((value, context): RateLimits | undefined => {
  if (value === 'off') return undefined;
  const quotas: Partial<Record<LimitClass, Quota>> = {};
  for (const item of `${usualLimits},${value}`.split(',')) {
    const [, name, requests, seconds] = /^\s*([a-z-]+)=(\d{1,10})\/(\d{1,4})\s*$/.exec(item) ?? [];
    const limitClass = limitClasses.find((known) => known === name);
    const quota = { requests: Number(requests), seconds: Number(seconds) };
    if (!limitClass || quota.requests < 1 || quota.seconds < 1 || quota.seconds > 3600) {
      const known = limitClasses.join(', ');
      context.addIssue({
        code: 'custom',
        message: `"${item}" is not CLASS=REQUESTS/SECONDS, of ${known} and at most 3600 seconds, nor is all of it "off"`,
      });
    } else quotas[limitClass] = quota;
  }
  return quotas as RateLimits;
});
