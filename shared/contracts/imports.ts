import { z } from 'zod';
import { knownRegion } from './regions.ts';
import { newUpload } from './uploads.ts';

const { title, description, category, tags, language, regions } = newUpload.shape;
const mostViews = 1_000_000_000_000;
/** Plain host names and addresses only: they also stand in the content security policy of the watch page. */
const hostPattern = /^([a-z0-9.-]+|\[[0-9a-f:]+\])$/;
const ownHosts = ['localhost', '127.0.0.1', '[::1]'];

/**
 * An address that browsers of viewers are sent to: https, without a password in it. `allowOwnHost`: also http on the
 * machine itself, for development.
 */
function outsideUrl(allowOwnHost: boolean) {
  return z
    .string()
    .max(2000)
    .refine((text) => isOutsideUrl(text, allowOwnHost), 'must be an https address');
}

function isOutsideUrl(text: string, allowOwnHost: boolean): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !hostPattern.test(url.hostname) || url.username || url.password) return false;
  return (
    url.protocol === 'https:' || (allowOwnHost && url.protocol === 'http:' && ownHosts.includes(url.hostname))
  );
}

/**
 * A row of a catalogue that is imported. What may be absent may be null too, as exports have it. Whether there is such
 * a category has to be asked besides.
 */
export function importedRow(allowOwnHost: boolean) {
  return z.strictObject({
    externalId: z
      .string()
      .max(200)
      .regex(/^[^\p{Cc}]+$/u, 'must not be empty or have control characters'),
    title: title.unwrap(),
    channelTitle: z.string().trim().min(1).max(200),
    thumbnailUrl: outsideUrl(allowOwnHost).nullish(),
    playUrl: outsideUrl(allowOwnHost).nullish(),
    views: z.record(knownRegion, z.int().min(0).max(mostViews)).nullish(),
    publishedAt: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], 'must be a date or time (ISO 8601)')
      // By its offset it may be in a year that has no four digits, as replies have them.
      .refine((text) => !/^[+-]/.test(new Date(text).toISOString()), 'is too early or too late'),
    description: description.unwrap().nullish(),
    tags: tags.unwrap().nullish(),
    category: category.unwrap().nullish(),
    language: language.unwrap().nullish(),
    durationSeconds: z.number().positive().max(1_000_000).nullish(),
    regions: regions.unwrap().nullish(),
  });
}
