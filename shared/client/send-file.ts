import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { SendTicket } from './send-blob.ts';

export type SendOptions = {
  signal?: AbortSignal;
  onProgress?: (sentBytes: number, totalBytes: number) => void;
};

/**
 * In Node: PUTs a file to where its ticket says, as a stream, however large it is.
 * @throws Error with what the store answered, when it refuses; when the file is not as long as its ticket says.
 */
export async function sendFile(
  { url, method, headers }: SendTicket,
  path: string,
  { signal, onProgress = () => {} }: SendOptions = {},
): Promise<void> {
  const { size } = await stat(path);
  const announced = Number(headers['Content-Length']);
  // A store would wait for what is missing, and take the beginning of what is too long.
  if (size !== announced) throw new Error(`The file has ${size} bytes; ${announced} were announced.`);
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const sending = request(url, { method, headers, ...(signal ? { signal } : {}) });
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
  // A store that refuses answers before the end and closes: its answer says more than the broken pipe.
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
