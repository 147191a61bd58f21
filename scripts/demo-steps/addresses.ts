import { basename, relative } from 'node:path';
import type { System } from '../local/system.ts';
import type { Outcome } from './ingest.ts';
import type { Ranks } from './trending.ts';

/** Where to look at everything, and who to be there. */
export function listAddresses({ url, dir }: System, outcomes: Outcome[], ranks: Ranks): string {
  const watchable = outcomes.filter(({ state }) => state === 'ready');
  const rows: [string, string, string?][] = [
    ...watchable.flatMap(({ file, videoId, playlist }): [string, string, string?][] => [
      ['Watch', `${url}/watch/${videoId}`, basename(file)],
      ['Playlist', playlist ?? ''],
    ]),
    ...Object.entries(ranks).map(([region, ranked]): [string, string, string] => [
      `Trending ${region}`,
      `${url}/api/trending/${region}`,
      ranked.length > 0
        ? ranked.map(({ rank, videoId }) => `${rank}. ${nameOf(videoId)}`).join(', ')
        : 'empty',
    ]),
    ['Api', `${url}/docs`],
    ['Sign in', `${url}/api/auth/login`, 'demo, viewer or admin; each one’s password is its name'],
    ['Queues', `${url}/admin/queues`, 'after signing in as admin, password admin'],
    ['Data, logs', relative('.', dir)],
  ];
  return rows
    .map(([label, address, remark]) => `  ${label.padEnd(12)}${address}${remark ? `  (${remark})` : ''}`)
    .join('\n');

  function nameOf(videoId: string): string {
    return basename(outcomes.find((outcome) => outcome.videoId === videoId)?.file ?? videoId);
  }
}
