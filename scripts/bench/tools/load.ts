import autocannon from 'autocannon';

export type Load = {
  /** Replies a second. */
  rate: number;
  /** Milliseconds. */
  p99: number;
};

/** Asks as fast as so many connections can, for so many seconds. @throws Error when a reply is no success */
export async function load(
  url: string,
  connections: number,
  seconds: number,
  headers: Record<string, string> = {},
): Promise<Load> {
  const result = await autocannon({ url, connections, duration: seconds, headers });
  if (result.errors + result.non2xx > 0) {
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} replies that are no success.`);
  }
  return { rate: result['2xx'] / result.duration, p99: result.latency.p99 };
}
