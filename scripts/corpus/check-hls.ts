import { judge } from '../hls/judge.ts';

/** The HLS rules that a published video breaks and must not, a clause each. */
export async function checkHls(url: string): Promise<string[]> {
  const { broken } = await judge(url);
  return broken
    .filter(({ severity }) => severity === 'must')
    .map(({ rule, where, message }) => `${rule} at ${where}: ${message}`);
}
