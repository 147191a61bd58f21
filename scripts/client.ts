import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { problem } from '../shared/contracts/common.ts';
import type { trending } from '../shared/contracts/trending.ts';
import type { newUpload, ticket, upload } from '../shared/contracts/uploads.ts';
import type { playback, video } from '../shared/contracts/videos.ts';

export type Ticket = z.infer<typeof ticket>;
export type VideoReply = z.infer<typeof video>;
export type TrendingReply = z.infer<typeof trending>;
export type Problem = z.infer<typeof problem>;

/** What the api answered when it did not do as asked. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(received: Problem) {
    super(`${received.status} ${received.code}: ${received.detail}`);
    this.problem = received;
  }
}

export type Client = ReturnType<typeof createClient>;

/** The public api as a program calls it. `cookie` is a signed-in session, from `signIn`. */
export function createClient(apiUrl: string, cookie?: string) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(path, apiUrl), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie ? { Cookie: cookie } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new ProblemError(JSON.parse(text));
    return (text ? JSON.parse(text) : undefined) as T;
  }

  return {
    call,
    requestUpload: (about: z.input<typeof newUpload>) => call<Ticket>('POST', '/api/uploads', about),
    upload: (id: string) => call<z.infer<typeof upload>>('GET', `/api/uploads/${id}`),
    complete: (id: string) => call<z.infer<typeof upload>>('POST', `/api/uploads/${id}/complete`),
    cancel: (id: string) => call<void>('DELETE', `/api/uploads/${id}`),
    removeVideo: (id: string) => call<void>('DELETE', `/api/videos/${id}`),
    cancelVideo: (id: string) => call<VideoReply>('POST', `/api/videos/${id}/cancel`),
    reprocess: (id: string) => call<VideoReply>('POST', `/api/videos/${id}/reprocess`),
    video: (id: string) => call<VideoReply>('GET', `/api/videos/${id}`),
    playback: (id: string) => call<z.infer<typeof playback>>('GET', `/api/videos/${id}/playback`),
    view: (id: string, region: string) => call<void>('POST', `/api/videos/${id}/views`, { region }),
    trending: (region: string, query = '') => call<TrendingReply>('GET', `/api/trending/${region}${query}`),

    /** Ticket, bytes, complete: the whole upload of a file. */
    async uploadFile(
      path: string,
      about: Partial<z.input<typeof newUpload>> = {},
      onProgress: (sentBytes: number, totalBytes: number) => void = () => {},
    ): Promise<Ticket> {
      const { size } = await stat(path);
      const received = await this.requestUpload({
        filename: basename(path),
        size,
        type: 'video/mp4',
        ...about,
      });
      await sendBytes(received, path, size, onProgress);
      await this.complete(received.uploadId);
      return received;
    },

    /** Asks until `isDone`, calling `onChange` with each answer. */
    async follow(
      id: string,
      isDone: (video: VideoReply) => boolean,
      onChange: (video: VideoReply) => void = () => {},
      limitSeconds = 600,
    ): Promise<VideoReply> {
      const until = Date.now() + limitSeconds * 1000;
      for (;;) {
        const received = await this.video(id);
        onChange(received);
        if (isDone(received)) return received;
        if (Date.now() > until)
          throw new Error(`Video ${id} is still ${received.state} after ${limitSeconds} s.`);
        await sleep(100);
      }
    },
  };
}

export function isSettled({ state }: VideoReply): boolean {
  return state === 'ready' || state === 'failed';
}

/** PUTs a file to where its ticket says. @throws Error with what the store answered, when it refuses. */
export async function sendBytes(
  { url, method, headers }: Ticket,
  path: string,
  size: number,
  onProgress: (sentBytes: number, totalBytes: number) => void = () => {},
): Promise<void> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const sending = request(url, { method, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve);
    sending.once('error', reject);
  });
  let sent = 0;
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on('data', (chunk) => {
    sent += chunk.length;
    onProgress(sent, size);
  });
  const piped = pipeline(source, sending).catch(() => {});
  const response = await answered;
  await piped;
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  if (response.statusCode !== 200) {
    throw new Error(
      `The store answered ${response.statusCode}: ${Buffer.concat(parts).toString().slice(0, 300)}`,
    );
  }
}
