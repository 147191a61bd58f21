import { checkMeasured } from './hls-byte-rules.ts';
import { checkMaster } from './hls-master-rules.ts';
import { checkMedia } from './hls-media-rules.ts';
import { type HlsRule, hlsRules, type Violation } from './hls-rule-table.ts';
import { type Presentation, readStream } from './hls-stream.ts';

export type { PlaylistFacts, Presentation, SegmentFacts } from './hls-stream.ts';
export { type HlsRule, hlsRules, type Violation };

/**
 * Every rule of `hlsRules` that the playlists break; rules about bytes are applied as far as facts are given.
 * A playlist that still grows (EVENT, without an end) has no final rates, so none are compared.
 */
export function checkHls(presentation: Presentation): Violation[] {
  const violations: Violation[] = [];
  const report = (rule: HlsRule, where: string, message: string) => {
    violations.push({ rule, severity: hlsRules[rule][0], where, message });
  };
  const stream = readStream(presentation, report);
  checkMaster(stream, report);
  checkMedia(stream, report);
  checkMeasured(stream, report);
  return violations;
}
