import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { DbSession } from '../shared/db/connect.ts';
import type { User } from '../shared/db/users.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import type { LimitClass } from '../shared/rate-limits.ts';
import type { Changes } from './access/audit-trail.ts';
import type { Credential } from './access/caller.ts';
import { type Action, policy, type Thing } from './access/policy.ts';
import type { ApiContext } from './context.ts';
import type { Version } from './versions.ts';

export type Cookie = { value: string; maxAgeSeconds: number };

/**
 * What a handler returns. An object leaves as JSON, a string or a stream as `type`. `null` as a cookie removes it.
 * What is read as JSON gets an ETag, unless it comes with one.
 */
export type Reply = {
  status: number;
  body?: object | string | Buffer | Readable;
  type?: string;
  headers?: Record<string, string>;
  /** Of what is shown: it stands in the ETag, for a change with If-Match. */
  revision?: number;
  cookies?: Record<string, Cookie | null>;
};

type CallerOf<A extends Action> = (typeof policy)[A]['anonymous'] extends true ? User | undefined : User;

export type Request<P, Q, B, A extends Action> = {
  params: P;
  query: Q;
  body: B;
  /** The account that asks. */
  caller: CallerOf<A>;
  /**
   * The same, asked anew: for replies that last. Undefined once the session has ended.
   * @throws MillraceError invalid_credential, account_suspended, account_closing
   */
  callerNow(): Promise<User | undefined>;
  /** How it showed who it is; undefined where nobody did. */
  credential: Credential | undefined;
  /**
   * What was found, if the route's action may be done to it.
   * @throws MillraceError not_found for what one may not see, forbidden for what one may see but not do
   */
  permit<T extends Thing>(thing: T | null): T;
  /**
   * Notes in the audit log, in the transaction of the change, what an overseer does to what is somebody else's; nothing
   * for others. What no handler notes is noted before the reply leaves.
   */
  audit(session: DbSession, changes?: Changes): Promise<void>;
  version: Version;
  /** The fields that the reply is to have. Where its body is an object, they are picked for the handler. */
  fields: string[] | undefined;
  /** The client's address. */
  address: string;
  /** The address that was asked, as the client sees it. */
  url: URL;
  /** Where the page of a problem leads after another sign-in. */
  leadBackTo(path: string): void;
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
  context: ApiContext;
  /** For the work that comes of the request (W3C Trace Context). */
  traceparent: string;
  log: Log;
};

/** A body that is text and no JSON, as it came. */
export const textBody = z.object({ type: z.string(), bytes: z.instanceof(Buffer) });

/** `older` is the schema in version 1, where that differs; `setsCookie`: sets or removes cookies, if not always. */
export type ReplyDeclaration = {
  description: string;
  schema?: z.ZodType;
  older?: z.ZodType;
  type?: string;
  setsCookie?: true;
};

type RouteDeclaration<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends Action> = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `:name` for parameters. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** The row of the policy that decides who may. */
  action: A;
  /** The quota that its requests are counted against. Without it: `rest`; null: none. */
  limit?: LimitClass | null;
  /** To all who do not say who they are the reply is the same, and may be given again for as long; see `hotReplies`. */
  hotSeconds?: number;
  params?: P;
  query?: Q;
  /** `fields=a,b` chooses fields: of the whole reply, or of each item of its list. */
  selectable?: 'whole' | 'items';
  body?: B;
  /** For `textBody`: the media types that are taken, and the most bytes. Without it a body is JSON. */
  text?: { types: string[]; mostBytes: number };
  /** The body is a form (application/x-www-form-urlencoded) and no JSON. */
  form?: true;
  /** It changes what somebody has read: If-Match says which revision that was (see `expectedRevision`). */
  ifMatch?: true;
  replies: Record<number, ReplyDeclaration>;
  /** The codes of this route alone; `errorsOf` adds those that many can have. */
  errors: ErrorCode[];
  handle(request: Request<z.infer<P>, z.infer<Q>, z.infer<B>, A>): Promise<Reply> | Reply;
};

/** A declaration whose types have done their work: what the app and the OpenAPI document read. */
export type Route = Omit<RouteDeclaration<z.ZodObject, z.ZodObject, z.ZodType, Action>, 'handle'> & {
  handle(request: Request<never, never, never, Action>): Promise<Reply> | Reply;
};

type Nothing = z.ZodObject<Record<never, never>>;

/** One declaration gives validation, types, access and the OpenAPI operation. */
export function route<
  A extends Action,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(declaration: RouteDeclaration<P, Q, B, A>): Route {
  return declaration as unknown as Route;
}

const always: ErrorCode[] = [
  // A parameter that the route does not have is one, too.
  'invalid_request',
  // Whoever comes with a credential may be one.
  'account_suspended',
  'account_closing',
  'cross_site_request',
  'unknown_version',
  'not_acceptable',
  'unavailable',
  'internal',
];
const ofChanges: ErrorCode[] = ['if_match_needed', 'changed_meanwhile'];
const ofBodies: ErrorCode[] = ['body_too_large', 'unsupported_media_type'];

/** Every code that a route can answer with. */
export function errorsOf(route: Route): ErrorCode[] {
  const { anonymous } = policy[route.action];
  return [
    ...new Set<ErrorCode>([
      ...route.errors,
      'invalid_credential',
      ...(anonymous ? [] : (['not_signed_in'] as const)),
      'forbidden',
      'account_suspended',
      'account_closing',
      ...(route.params ? (['not_found'] as const) : []),
      ...(route.ifMatch ? ofChanges : []),
      ...(route.body ? ofBodies : []),
      ...(route.body && !route.text && !route.form ? (['invalid_json'] as const) : []),
      ...(route.limit === null ? [] : (['too_many_requests'] as const)),
      ...always,
    ]),
  ];
}
