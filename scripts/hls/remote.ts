import type { ByteRange } from '../../workers/media/hls-parse.ts';

/** Seconds without an answer. */
const patience = 30;
const mostRedirects = 5;
const firstWindow = 32 * 1024;

export class Unreachable extends Error {}

export type Answer = { response: Response; url: string; redirects: number };

/** GETs an address, following redirects by hand so that they are seen. @throws Unreachable */
export async function get(url: string, headers: Record<string, string>): Promise<Answer> {
  let address = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const signal = AbortSignal.timeout(patience * 1000);
    const response = await fetch(address, { headers, redirect: 'manual', signal }).catch((error: Error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message;
      throw new Unreachable(`${new URL(address).host} does not answer: ${cause}`);
    });
    const next = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || !next) return { response, url: address, redirects };
    await response.body?.cancel();
    address = new URL(next, address).href;
  }
  throw new Unreachable(`${new URL(url).host} redirects more than ${mostRedirects} times`);
}

/** Bytes of a resource, or of a range of it, that are fetched when they are looked at. */
export type Remote = {
  bytes: number;
  contentType: string;
  redirects: number;
  /** Fewer bytes at its end. */
  read(offset: number, bytes: number): Promise<Buffer>;
};

/**
 * Asks for the beginning, and for more when more is read, each time twice as much: most segments need a few
 * requests for little more than their headers. A server that knows no ranges sends all at once.
 * @throws Unreachable, with the status when that is no success.
 */
export async function openRemote(url: string, range: ByteRange | null): Promise<Remote> {
  const start = range?.offset ?? 0;
  let window = firstWindow;
  let held = { offset: 0, data: Buffer.alloc(0) };

  async function fill(
    offset: number,
    atLeast: number,
  ): Promise<{ total: number | undefined; answer: Answer }> {
    const wanted = Math.max(atLeast, window);
    window *= 2;
    const last = Math.min(start + offset + wanted, start + (range?.bytes ?? Number.MAX_SAFE_INTEGER)) - 1;
    const headers = { 'Accept-Encoding': 'identity', Range: `bytes=${start + offset}-${last}` };
    const answer = await get(url, headers);
    const { response } = answer;
    if (response.status === 416) return { total: 0, answer };
    if (!response.ok) {
      await response.body?.cancel();
      throw new Unreachable(`the server answers ${response.status}`);
    }
    const data = Buffer.from(await response.arrayBuffer());
    if (response.status === 206) {
      held = { offset, data };
      const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
      return { total: total === undefined ? undefined : Number(total), answer };
    }
    held = { offset: 0, data: data.subarray(start, range ? start + range.bytes : undefined) };
    return { total: data.length, answer };
  }

  const { total, answer } = await fill(0, 0);
  if (total === undefined) throw new Unreachable('the server sends a range and does not say of how much');
  const bytes = Math.max(0, Math.min(range?.bytes ?? total, total - start));
  return {
    bytes,
    contentType:
      (answer.response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    redirects: answer.redirects,
    async read(offset, length) {
      const end = Math.min(offset + length, bytes);
      if (offset >= end) return Buffer.alloc(0);
      if (offset < held.offset || end > held.offset + held.data.length) await fill(offset, end - offset);
      return held.data.subarray(offset - held.offset, end - held.offset);
    },
  };
}
