import type { System } from './system.ts';

export type Answer<T> = { status: number; headers: Headers; text: string; body: T };

type Question = {
  as?: 'demo' | 'viewer' | 'admin';
  headers?: Record<string, string>;
  /** An object goes as JSON. */
  body?: object | string;
};

/** Asks the api as a bare HTTP client does. `body` is what it answered in JSON, else undefined. */
export async function ask<T = Record<string, unknown>>(
  system: System,
  method: string,
  path: string,
  { as, headers = {}, body }: Question = {},
): Promise<Answer<T>> {
  const response = await fetch(new URL(path, system.url), {
    method,
    redirect: 'manual',
    headers: {
      ...(as ? { Cookie: await system.cookie(as) } : {}),
      ...(typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : undefined) as T,
  };
}
