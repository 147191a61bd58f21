import { cutText } from '../../shared/cut-text.ts';

/**
 * The title of a track as it can stand in a playlist, at most so long; empty where there is none. Two that differ only
 * in what cannot stand there are the same.
 */
export function trackTitle(title: string | undefined, most: number): string {
  return cutText((title ?? '').replaceAll(/["\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').trim(), most);
}
