import { misfit } from './misfit.ts';

/**
 * When a video is published, by what its owner asks: a time to come, or null for at once. What is published already
 * stays as it is when it is asked for at once, so that it does not come to the top of the lists again.
 * @param current when it is published so far, if it is there already
 * @throws MillraceError invalid_request for a time that is over
 */
export function publishTime(asked: Date | null, current?: Date, now = new Date()): Date {
  if (asked === null) return current && current <= now ? current : now;
  if (asked > now) return asked;
  throw misfit('/publishAt', 'must be a time to come; null publishes at once');
}
