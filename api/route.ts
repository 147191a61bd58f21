import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { User } from '../shared/db/users.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import type { LimitClass } from '../shared/rate-limits.ts';
import type { ApiContext } from './context.ts';

/** Who may call: anyone; any signed-in account; administrators. Whose things one may touch is the policy's matter. */
export type Auth = 'anyone' | 'signedIn' | 'admin';

export type Cookie = { value: string; maxAgeSeconds: number };

/** What a handler returns. An object leaves as JSON, a string or a stream as `type`. `null` as a cookie removes it. */
export type Reply = {
  status: number;
  body?: object | string | Buffer | Readable;
  type?: string;
  headers?: Record<string, string>;
  cookies?: Record<string, Cookie | null>;
};

export type Request<P, Q, B, A extends Auth> = {
  params: P;
  query: Q;
  body: B;
  caller: A extends 'anyone' ? User | undefined : User;
  /** The address that was asked, as the client sees it. */
  url: URL;
  cookie(name: string): string | undefined;
  context: ApiContext;
  log: Log;
};

/** A body that is text and no JSON, as it came. */
export const textBody = z.object({ type: z.string(), bytes: z.instanceof(Buffer) });

export type ReplyDeclaration = { description: string; schema?: z.ZodType; type?: string };

export type RouteDeclaration<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends Auth,
> = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `:name` for parameters. */
  path: string;
  tag: string;
  summary: string;
  auth: A;
  /** Which quota its requests are counted against; `rest` when not said. */
  limit?: LimitClass;
  params?: P;
  query?: Q;
  body?: B;
  /** For `textBody`: the media types that are taken, and the most bytes. Without it a body is JSON. */
  text?: { types: string[]; mostBytes: number };
  replies: Record<number, ReplyDeclaration>;
  errors: ErrorCode[];
  handle(request: Request<z.infer<P>, z.infer<Q>, z.infer<B>, A>): Promise<Reply> | Reply;
};

/** A declaration whose types have done their work: what the app and the OpenAPI document read. */
export type Route = Omit<RouteDeclaration<z.ZodObject, z.ZodObject, z.ZodType, Auth>, 'handle'> & {
  handle(request: Request<never, never, never, Auth>): Promise<Reply> | Reply;
};

type Nothing = z.ZodObject<Record<never, never>>;

/** One declaration gives validation, types, access and the OpenAPI operation. */
export function route<
  A extends Auth,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(declaration: RouteDeclaration<P, Q, B, A>): Route {
  return declaration as unknown as Route;
}
