import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { differenceOf } from './declared.ts';

type Started = { request: IncomingMessage; response: ServerResponse; server: Server };

const channel = 'http.server.request.start';
const apiPorts = new Set<number>();
const differences = new Set<string>();
let test = '';

/** From now on every reply of the api at this port must be one that the contract declares. */
export function watchReplies(port: number): void {
  apiPorts.add(port);
}

export function forgetReplies(port: number): void {
  apiPorts.delete(port);
}

export function nameTest(title: string): void {
  test = title;
}

/** What was wrong with replies so far; forgets it. */
export function takeDifferences(): string[] {
  const found = [...differences];
  differences.clear();
  return found;
}

/** Listens to all servers of this process, before their own listeners do: whoever asks, the reply is checked. */
export function startWatching(): void {
  subscribe(channel, onRequest);
}

export function stopWatching(): void {
  unsubscribe(channel, onRequest);
}

function onRequest(message: unknown): void {
  const { request, response, server } = message as Started;
  const port = (server.address() as AddressInfo | null)?.port ?? 0;
  if (!apiPorts.has(port)) return;
  const { method = '', url = '' } = request;
  const during = test;
  const parts: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') {
      parts.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    } else if (chunk instanceof Uint8Array) parts.push(Buffer.from(chunk));
  };
  const { write, end, writeHead } = response;
  const headers: Record<string, string> = {};
  Object.assign(response, {
    // Headers that are written at once, as pairs in a row, are not among those that can be read again.
    writeHead(...all: unknown[]) {
      const row = all.at(-1);
      for (let at = 0; Array.isArray(row) && at < row.length; at += 2) {
        headers[String(row[at]).toLowerCase()] = String(row[at + 1]);
      }
      return Reflect.apply(writeHead, response, all);
    },
    write(...all: unknown[]) {
      keep(all[0], all[1]);
      return Reflect.apply(write, response, all);
    },
    end(...all: unknown[]) {
      keep(all[0], all[1]);
      return Reflect.apply(end, response, all);
    },
  });
  // A reply whose client has gone away never finishes.
  response.once('finish', () => {
    for (const [name, value] of Object.entries(response.getHeaders())) headers[name] = String(value);
    const body = decoded(Buffer.concat(parts), headers['content-encoding']);
    const difference = differenceOf({ method, url, status: response.statusCode, headers, body });
    if (difference) differences.add(`${method} ${url}: ${difference} (in "${during}")`);
  });
}

function decoded(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body;
  if (encoding === 'gzip') return gunzipSync(body);
  return encoding === 'br' ? brotliDecompressSync(body) : body;
}
