import { checkHls } from '../../workers/media/hls-rules.ts';
import { collect } from './collect.ts';
import { type Broken, type Complain, rules } from './rules.ts';

type Judgement = { broken: Broken[]; playlists: number; segments: number; notes: string[] };

/** Fetches a whole stream by its master playlist and says which rules it breaks. @throws NotHls */
export async function judge(url: string): Promise<Judgement> {
  const broken: Broken[] = [];
  const complain: Complain = (rule, where, message) => {
    broken.push({ rule, severity: rules[rule][0], where, message });
  };
  const { segments, notes, ...presentation } = await collect(url, complain);
  broken.push(...checkHls(presentation));
  return { broken, playlists: presentation.playlists.length + 1, segments, notes };
}
