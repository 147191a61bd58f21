import { type Operations, operations } from './operations.ts';
import { problemIn } from './problem-error.ts';

export type Version = 1 | 2;

/**
 * How the caller shows who it is. `cookie`: what to send as the `Cookie` header; `true` in a page of another origin,
 * for the browser's own one (on the api's origin the browser sends it anyway).
 */
export type ClientCredentials =
  | { cookie: string | true }
  | { token: string | (() => string | Promise<string>) }
  | { apiKey: string };

export type ClientOptions<V extends Version> = {
  /** Where the api is. */
  url: string | URL;
  credentials?: ClientCredentials;
  /** In which version it answers. */
  version?: V;
  fetch?: typeof globalThis.fetch;
};

export type CallOptions = {
  signal?: AbortSignal;
  /** The `ETag` of what one has: status 304 when it is still that. */
  ifNoneMatch?: string;
  /** The `ETag` of what is to be changed: refused when it is another by now. */
  ifMatch?: string;
  headers?: Record<string, string>;
};

type OperationId = keyof Operations;
type Takes<K extends OperationId> = Operations[K]['takes'];
/** Those that answer; the others only lead elsewhere. */
type Answering = { [K in OperationId]: Operations[K] extends { gives: unknown } ? K : never }[OperationId];
type Gives<K extends OperationId, V extends Version> = Operations[K] extends { gives: infer Now }
  ? Operations[K] extends { older: infer Before }
    ? V extends 2
      ? Now
      : Before
    : Now
  : never;
/** Of some replies `fields` chooses a part, in which any field may be missing. */
type Selects<K extends OperationId, V extends Version> = Operations[K] extends { selected: infer Now }
  ? Operations[K] extends { olderSelected: infer Before }
    ? V extends 2
      ? Now
      : Before
    : Now
  : never;
type Whole<K extends OperationId> = Omit<Takes<K>, 'fields'>;
type Rest<K extends OperationId> =
  Record<never, never> extends Whole<K>
    ? [takes?: Whole<K>, options?: CallOptions]
    : [takes: Whole<K>, options?: CallOptions];
type Method<K extends OperationId, V extends Version> = Operations[K] extends { selected: unknown }
  ? {
      (takes: Takes<K> & { fields: string }, options?: CallOptions): Promise<Selects<K, V>>;
      (...rest: Rest<K>): Promise<Gives<K, V>>;
    }
  : (...rest: Rest<K>) => Promise<Gives<K, V>>;

/** There are no data with 304, the answer to `ifNoneMatch`. */
export type Answer<T> = { status: number; headers: Headers; data: T };

/** A method for each operation, and two for what those do not show. */
export type Client<V extends Version = 1> = {
  [K in Answering]: Method<K, V>;
} & {
  /** With status and headers, as `ETag`. */
  ask<K extends Answering>(id: K, ...rest: Rest<K>): Promise<Answer<Gives<K, V>>>;
  /** The address of an operation: for a link, a picture, a player. */
  addressOf<K extends OperationId>(id: K, ...rest: Rest<K>): string;
};

type Values = Record<string, unknown> & { body?: unknown; type?: string };
type Row = readonly [method: string, path: string, body?: string];

/** The api as a program calls it. What is refused is thrown as a ProblemError, an abort as the signal's reason. */
export function createClient<V extends Version = 1>({
  url,
  credentials,
  version,
  fetch = globalThis.fetch,
}: ClientOptions<V>): Client<V> {
  const addressOf = (id: OperationId, values: Values = {}) =>
    new URL(pathOf(operations[id], values), url).href;

  async function ask(id: OperationId, values: Values = {}, options: CallOptions = {}) {
    const { signal } = options;
    const [method, , type] = operations[id] as Row;
    const response = await fetch(addressOf(id, values), {
      method,
      // To who a person has been merged into.
      redirect: method === 'GET' ? 'follow' : 'error',
      headers: {
        ...(version ? { 'X-API-Version': String(version) } : {}),
        ...(await credentialHeaders(credentials)),
        ...(type ? { 'Content-Type': type === 'text' ? (values.type ?? '') : type } : {}),
        ...conditions(options),
        ...options.headers,
      },
      ...(type ? { body: bodyText(type, values.body) } : {}),
      ...(credentials && 'cookie' in credentials && credentials.cookie === true
        ? { credentials: 'include' as const }
        : {}),
      ...(signal ? { signal } : {}),
    });
    if (!response.ok && response.status !== 304) throw await problemIn(response);
    return { status: response.status, headers: response.headers, data: await dataOf(response) };
  }

  const methods = Object.keys(operations).map((id) => [
    id,
    async (values?: Values, options?: CallOptions) => (await ask(id as OperationId, values, options)).data,
  ]);
  return { ...Object.fromEntries(methods), ask, addressOf } as Client<V>;
}

/** What the path does not hold goes into the query, but the body. */
function pathOf([, path, type]: Row, values: Values): string {
  const left = { ...values };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = left[name];
    delete left[name];
    return encodeURIComponent(String(value));
  });
  if (type) delete left.body;
  if (type === 'text') delete left.type;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(left)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

async function credentialHeaders(
  credentials: ClientCredentials | undefined,
): Promise<Record<string, string>> {
  if (!credentials) return {};
  if ('cookie' in credentials) return credentials.cookie === true ? {} : { Cookie: credentials.cookie };
  if ('apiKey' in credentials) return { Authorization: `Bearer ${credentials.apiKey}` };
  const { token } = credentials;
  return { Authorization: `Bearer ${typeof token === 'string' ? token : await token()}` };
}

function conditions({ ifNoneMatch, ifMatch }: CallOptions): Record<string, string> {
  return {
    ...(ifNoneMatch ? { 'If-None-Match': ifNoneMatch } : {}),
    ...(ifMatch ? { 'If-Match': ifMatch } : {}),
  };
}

function bodyText(type: string, body: unknown): string | URLSearchParams {
  if (type === 'application/json') return JSON.stringify(body);
  if (type === 'text') return String(body);
  const fields = Object.entries(body as object).filter(([, value]) => value !== undefined);
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]));
}

async function dataOf(response: Response): Promise<unknown> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('text/event-stream')) return response.body;
  const text = await response.text();
  if (text === '') return undefined;
  return type.startsWith('application/json') ? JSON.parse(text) : text;
}
