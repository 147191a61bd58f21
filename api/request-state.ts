import type { Log } from '../shared/log.ts';
import type { LimitClass } from '../shared/rate-limits.ts';
import type { RequestRecord } from './middleware/request-log.ts';
import type { Version } from './versions.ts';

/** What the middlewares of one request tell each other. */
declare module 'koa' {
  interface DefaultState extends RequestRecord {
    parentLog: Log;
    /** The request's own, once somebody has asked for it. */
    log?: Log | undefined;
    version: Version;
    /** The body, where it was read before. */
    bytes?: Buffer;
    /** The declared path, for metrics and the log. */
    route?: string;
    limit?: LimitClass | null;
    hotSeconds?: number | undefined;
    /** Takes a form of OAuth, whose errors have members of their own. */
    isForm?: boolean;
    /** Where a sign-in that is under way was to go. */
    returnTo?: string;
    /** Whether the queue dashboard's page asks. */
    isBoard?: boolean;
  }
}
