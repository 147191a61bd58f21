import { hlsRules } from '../../workers/media/hls-rules.ts';

/** The rules of the playlists and their bytes, and those of how a server delivers them. */
export const rules = {
  ...hlsRules,
  status: ['must', 'every address answers'],
  redirect: ['must', 'media requests are not redirected [8.18]'],
  gzip: ['should', 'playlists are sent with gzip [10.1]'],
  'content-type': ['should', 'playlists and media have the recommended types [10.4]'],
  boxes: ['must', 'init segments and segments are fragmented MP4 that can be read, subtitles are WebVTT'],
  'timestamp-map': ['should', 'WebVTT segments have an X-TIMESTAMP-MAP [5.3]'],
} as const;

type Rule = keyof typeof rules;
export type Broken = { rule: Rule; severity: 'must' | 'should'; where: string; message: string };
export type Complain = (rule: Rule, where: string, message: string) => void;
