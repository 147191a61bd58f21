import { readMaster, readPlaylist } from './master.ts';

/** The HLS rules that a published video breaks, a clause each. */
export async function checkHls(url: string): Promise<string[]> {
  const signal = AbortSignal.timeout(60_000);
  const { variants, audio } = await readMaster(url, signal);
  const violations: string[] = [];
  const sums: number[] = [];
  for (const { name, attributes } of variants) {
    for (const needed of ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS', 'RESOLUTION', 'FRAME-RATE']) {
      if (!attributes[needed]) violations.push(`${name} has no ${needed}`);
    }
  }
  for (const { name, url: address } of [...variants, ...audio]) {
    const text = await readPlaylist(address, signal);
    for (const tag of ['#EXT-X-PLAYLIST-TYPE:VOD', '#EXT-X-ENDLIST', '#EXT-X-MAP:']) {
      if (!text.includes(tag)) violations.push(`${name} has no ${tag}`);
    }
    const target = Number(/^#EXT-X-TARGETDURATION:(\d+)$/m.exec(text)?.[1]);
    const lengths = [...text.matchAll(/^#EXTINF:([\d.]+),/gm)].map(([, seconds]) => Number(seconds));
    const longest = Math.max(...lengths);
    if (!(longest <= target + 0.5))
      violations.push(`${name} has a segment of ${longest} s, target ${target}`);
    if (!name.startsWith('audio/')) sums.push(lengths.reduce((sum, seconds) => sum + seconds, 0));
  }
  if (Math.max(...sums) - Math.min(...sums) > 0.001) violations.push('the variants are not equally long');
  return violations;
}
