import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { addressRanges } from './addresses.ts';
import { roles } from './contracts/account.ts';
import { builtInProfiles } from './contracts/encoding-profile.ts';
import { byName, profileFile } from './profile-file.ts';
import { queueNames } from './queue-names.ts';
import { rateLimits, usualLimits } from './rate-limits.ts';
import { isRegion } from './regions.ts';
import { issuer, providerFile } from './sign-in-providers.ts';
import { usualHalfLifeHours } from './trending-score.ts';

const day = 24 * 3600;
const whole = z.coerce.number().int();
/** A timer of Node.js that is longer than 24 days ends at once. */
const seconds = whole.min(1).max(20 * day);
/** S3 signs an address for a week at most. */
const signedSeconds = whole.min(1).max(7 * day);
const longSeconds = whole.min(1).max(400 * day);
const port = whole.min(0).max(65535);
const url = z
  .string()
  // First, since what is wrong otherwise is quoted, and a user has a password.
  .regex(/^[^?#@]*$/, 'may hold neither a user nor a query nor a fragment')
  .pipe(
    z.url({
      protocol: /^https?$/,
      error: ({ input }) => `"${input}" is not an address, as https://a.example`,
    }),
  )
  .transform((value) => value.replace(/\/+$/, ''));
/** Links, cookies and redirects are made for the top of a host. As browsers spell it, since it is compared as text. */
const noPath = 'may hold no path: the api needs a host name of its own, as https://a.example';
const originUrl = url
  .transform((value) => new URL(value))
  .refine(({ pathname }) => pathname === '/', noPath)
  .transform(({ origin }) => origin);
/** S3 takes no more in one PUT. */
const mostUploaded = 5 * 1024 ** 3;

/** `redis://user:password@host:6379`, for one of these schemes. */
function addressOf(...schemes: string[]) {
  return z.string().superRefine((value, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', message });
    if (!schemes.some((scheme) => value.startsWith(`${scheme}://`))) {
      return wrong(`must begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`);
    }
    try {
      const { username, password, pathname } = new URL(value);
      decodeURIComponent(`${username}${password}`);
      if (!/^\/?\d*$/.test(pathname)) wrong('may name a database by its number only, as redis://HOST/1');
    } catch {
      wrong('is not an address; a password in it must be percent-encoded');
    }
  });
}

/** `https://a.example,https://b.example`: as browsers spell origins, for they are compared as text. */
const originList = z.string().transform((value, context) => {
  const origins = value.split(',').map((origin) => origin.trim());
  for (const origin of origins) {
    const isOrigin = /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
    if (!isOrigin)
      context.addIssue({ code: 'custom', message: `"${origin}" is not an origin, as https://a.example` });
  }
  return origins;
});

/** `GB,US,AE` -> ['GB','US','AE'] */
const regionList = z.string().transform((value, context) => {
  const regions = value.split(',').map((region) => region.trim().toUpperCase());
  for (const region of regions) {
    if (!isRegion(region)) {
      context.addIssue({ code: 'custom', message: `"${region}" is no region of ISO 3166-1, as GB` });
    }
  }
  return [...new Set(regions)];
});

const region = z.string().trim().toUpperCase().refine(isRegion, 'is no region of ISO 3166-1, as GB');

/** `6,IN=3` -> 6 hours, and 3 in India. */
const halfLives = z.string().transform((value, context) => {
  const given = { usual: usualHalfLifeHours, byRegion: {} as Record<string, number> };
  for (const item of value.split(',')) {
    const [, region, hours] = /^(?:([A-Z]{2})=)?(\d+(?:\.\d+)?)$/.exec(item.trim().toUpperCase()) ?? [];
    if (!(Number(hours) >= 0.1 && Number(hours) <= 1000)) {
      context.addIssue({
        code: 'custom',
        message: `"${item}" is not HOURS or REGION=HOURS, from 0.1 to 1000`,
      });
    } else if (region) given.byRegion[region] = Number(hours);
    else given.usual = Number(hours);
  }
  return given;
});

/** `encode=2,publish` -> {encode: 2, publish: 1}: which queues this worker serves, and how many jobs at once. */
const queueList = z.string().transform((value, context) => {
  const served: Partial<Record<(typeof queueNames)[number], number>> = {};
  for (const item of value.split(',')) {
    const [name = '', count = '1', ...more] = item.trim().split('=');
    const queue = queueNames.find((known) => known === name);
    if (!queue || more.length > 0 || !/^[1-9]\d{0,2}$/.test(count)) {
      context.addIssue({ code: 'custom', message: `"${item}" is not QUEUE or QUEUE=COUNT of ${queueNames}` });
    } else if (served[queue]) {
      context.addIssue({ code: 'custom', message: `"${queue}" is named twice` });
    } else served[queue] = Number(count);
  }
  return served;
});

const cores = availableParallelism();

/** Of both processes. */
const process = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SHUTDOWN_GRACE_SECONDS: seconds.default(30),
  SECRET_KEY: z.string().min(32, 'must have 32 characters or more'),
};

const stores = {
  /** Without its name the database would be the driver's, `test`: another installation, and nobody would notice. */
  MONGO_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, { error: 'must begin with mongodb:// or mongodb+srv://', abort: true })
    .regex(/^[^/]+\/\/[^/?]+\/[^/?]/, 'must name the database, as mongodb://HOST/millrace'),
  REDIS_URL: addressOf('redis', 'rediss'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'may hold a-z, 0-9 and - only')
    .default('millrace'),

  S3_ENDPOINT: url,
  S3_PUBLIC_ENDPOINT: url.optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1),
  S3_SECRET_ACCESS_KEY: z.string().min(1),
  S3_BUCKET_RAW: z.string().default('millrace-raw'),
  S3_BUCKET_PROCESSED: z.string().default('millrace-processed'),
  S3_BUCKET_THUMBNAILS: z.string().default('millrace-thumbnails'),
};

const accounts = {
  OIDC_ISSUER: issuer.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_PROVIDERS: providerFile.optional(),
  OIDC_ROLES_CLAIM: z.string().default('roles'),
  DEFAULT_ROLE: z.enum(roles).default('creator'),

  LOCAL_ACCOUNTS: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  SMTP_URL: addressOf('smtp', 'smtps').optional(),
  MAIL_FROM: z
    .string()
    .trim()
    .regex(
      /^(.*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'must be an address, as Millrace <a@example.com>',
    )
    .optional(),

  SESSION_TTL_SECONDS: longSeconds.default(14 * day),
  SESSION_IDLE_SECONDS: longSeconds.default(3 * day),
  TOKEN_TTL_SECONDS: seconds.default(900),
  REFRESH_TOKEN_TTL_SECONDS: longSeconds.default(30 * day),
  SIGNING_KEY_DAYS: whole.min(1).max(400).default(30),
  ACCOUNT_GRACE_SECONDS: longSeconds.default(7 * day),
};

const api = {
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: port.default(3000),
  PUBLIC_URL: originUrl.optional(),
  TRUSTED_PROXIES: addressRanges.optional(),
  CORS_ORIGINS: originList.optional(),
  RATE_LIMITS: rateLimits.prefault(usualLimits),
  REQUEST_SECONDS: seconds.default(30),
};

/** What becomes of uploads and views. */
const media = {
  UPLOAD_MAX_BYTES: whole
    .min(1)
    .max(mostUploaded, `must be at most ${mostUploaded}, as one PUT carries no more`)
    .default(mostUploaded),
  UPLOAD_TTL_SECONDS: signedSeconds.default(3600),
  PLAYBACK_URL_TTL_SECONDS: signedSeconds.default(6 * 3600),
  VIDEO_MAX_SECONDS: seconds.default(12 * 3600),

  ENCODING_PROFILE: z.string().default('default'),
  ENCODING_PROFILES: profileFile.default(() => byName(builtInProfiles)),

  REGIONS: regionList.prefault('AE,FI,DK,CZ,BE,CH,US,GB,DE,FR,IN,BR,AU,CA'),
  DEFAULT_REGION: region.optional(),
  REGION_HEADER: z
    .string()
    .regex(/^[\w-]+$/, 'must be the name of a header')
    .transform((name) => name.toLowerCase())
    .optional(),
  RTL_REGIONS: regionList.default(['AE']),
  TRENDING_EVERY_SECONDS: seconds.default(300),
  TRENDING_HALF_LIFE_HOURS: halfLives.prefault(String(usualHalfLifeHours)),
  TRENDING_MINIMUM_VIEWS: whole.min(0).default(3),
  TRENDING_FILL_TO: whole.min(0).max(100).default(20),
  SWEEP_EVERY_SECONDS: seconds.default(30),
  PURGE_GRACE_SECONDS: seconds.default(300),
};

const worker = {
  WORKER_QUEUES: queueList.default({
    probe: 1,
    encode: cores,
    copy: 1,
    audio: 1,
    captions: 1,
    images: 1,
    publish: 1,
    trending: 1,
    search: 1,
    sweep: 1,
  }),
  WORKER_HOST: z.string().default('127.0.0.1'),
  WORKER_PORT: port.default(3001),
  WORK_DIR: z.string().default(join(tmpdir(), 'millrace')),
  SOURCE_CACHE_BYTES: whole.min(1).default(20 * 1024 ** 3),
  /** Where sandbox tools are looked for. */
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  FFMPEG_PATH: z.string().default('ffmpeg'),
  FFPROBE_PATH: z.string().default('ffprobe'),
};

/** Every variable that Millrace reads, with its shape and default. */
export const environment = z.object({ ...process, ...stores, ...accounts, ...api, ...media, ...worker });

/** The variables that may also be given as NAME_FILE, the path of a file that holds the value. */
export const secretNames = [
  'SECRET_KEY',
  'MONGO_URL',
  'REDIS_URL',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'OIDC_CLIENT_SECRET',
  'SMTP_URL',
];
