import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Load = {
  /** Replies a second. */
  rate: number;
  /** Milliseconds. Who waits so long that others would have been answered meanwhile counts for those too. */
  p50: number;
  p99: number;
};

type LoadOptions = {
  headers?: Record<string, string>;
  /** A script of this folder that says what is asked, and what it is told. Else the address is asked. */
  script?: string;
  args?: string[];
};

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');

/**
 * Asks as fast as so many connections can, for so many seconds. wrk does that: what is written for Node waits for
 * itself about as long as for the reply (bare Koa at 500 connections: 99 % within 58 ms by autocannon, 20 to 29 ms by
 * wrk).
 *
 * @throws Error when a reply is no success
 */
export async function load(
  url: string,
  connections: number,
  seconds: number,
  { headers = {}, script = 'load.lua', args = [] }: LoadOptions = {},
): Promise<Load> {
  const { stdout } = await run(
    'wrk',
    [
      ...['--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}s`],
      ...['--timeout', '30s', '--script', join('scripts/bench/tools', script)],
      ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      ...[url, '--', ...args],
    ],
    { cwd: root },
  );
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<
    'requests' | 'duration' | 'failed' | 'p50' | 'p99',
    number
  >;
  if (told.failed > 0)
    throw new Error(`${url}: ${told.failed} of ${told.requests} replies are no success.\n${stdout}`);
  return {
    rate: told.requests / (told.duration / 1e6),
    p50: told.p50 / 1000,
    p99: told.p99 / 1000,
  };
}
