import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import type { Part } from '../shared/db/parts.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { generationPrefix, initKey, segmentKey } from '../shared/keys.ts';
import { checkDecoding } from './decoding-check.ts';
import { secondsOf } from './media/frame-rate.ts';
import { checkHls, type PlaylistFacts, type Violation } from './media/hls-rules.ts';
import type { PlaylistText } from './playlists.ts';
import type { Joined } from './renditions.ts';
import type { Tools } from './tools.ts';

/** All that the steps have made of a video. */
type Output = { plan: EncodingPlan; parts: Part[]; picture: Joined[]; audio: Joined[] };

type Passed = {
  playlists: PlaylistText[];
  /** The rules of HLS that they break, and may. */
  tolerated: Violation[];
};

/**
 * The gate before `ready`: nothing passes that a player could stumble over. What costs least is checked first; the
 * final playlists are written once there is something to list.
 * @throws MillraceError encoding_failed or output_rejected, with what is wrong.
 */
export async function checkOutput(
  tools: Tools,
  video: Video,
  output: Output,
  writePlaylists: () => PlaylistText[],
  signal: AbortSignal,
): Promise<Passed> {
  const { plan, parts, picture, audio } = output;
  checkParts(plan, parts, picture);
  checkCuts(plan, picture);
  const playlists = writePlaylists();
  const tolerated = checkPlaylists(playlists, [...picture, ...audio]);
  await checkObjects(tools, video, [...picture, ...audio]);
  await checkDecoding(tools, video, { plan, picture, audio }, signal);
  return { playlists, tolerated };
}

/** What the source is not to blame for: made once more, it may well be right. */
export class Mishap extends MillraceError {
  constructor(message: string) {
    super('output_rejected', message);
  }
}

function checkParts(plan: EncodingPlan, parts: Part[], picture: Joined[]): void {
  const ended = (step: Part['step']) =>
    parts.filter((part) => part.step === step && part.doneAt !== null).length;
  const due = plan.chunks.length + plan.audio.length + (plan.copied === null ? 0 : 1);
  const missing = due - ended('encode') - ended('audio') - ended('copy');
  if (missing > 0) throw new MillraceError('encoding_failed', `${missing} parts of the video were not made.`);
  for (const { name, frames, initSha256s } of picture) {
    if (frames !== plan.frameCount) {
      throw new MillraceError('output_rejected', `${name} has ${frames} frames; ${plan.frameCount} are due.`);
    }
    if (initSha256s.length !== 1) {
      throw new Mishap(`The chunks of ${name} come from different encoders: workers need one ffmpeg.`);
    }
  }
}

/** Every rung is cut where the plan says, within half a frame, and so all are cut at the same times. */
function checkCuts({ cuts, frameCount, rate }: EncodingPlan, picture: Joined[]): void {
  const ends = [...cuts.slice(1), frameCount].map((frame) => secondsOf(frame, rate));
  for (const { name, segments } of picture) {
    if (segments.length !== ends.length) {
      const message = `${name} has ${segments.length} segments; ${ends.length} are due.`;
      throw new MillraceError('output_rejected', message);
    }
    let end = 0;
    for (const [index, { n, seconds }] of segments.entries()) {
      end += seconds;
      const due = ends[index] ?? 0;
      if (Math.abs(end - due) > secondsOf(0.5, rate)) {
        const message = `Segment ${n} of ${name} ends at ${end.toFixed(3)} s; ${due.toFixed(3)} s is due.`;
        throw new MillraceError('output_rejected', message);
      }
    }
  }
}

/** The rules of HLS, with declared rates against the segments' sizes. Returns what is broken and may be. */
function checkPlaylists(playlists: PlaylistText[], renditions: Joined[]): Violation[] {
  const urlOf = (name: string) => `https://output.invalid/${name}.m3u8`;
  const facts = new Map<string, PlaylistFacts>(
    renditions.map(({ name, codecs, segments }) => [`${name}/index`, { codecs: [codecs], segments }]),
  );
  const documents = playlists.map(({ name, text }) => {
    const known = facts.get(name);
    return { url: urlOf(name), text, ...(known ? { facts: known } : {}) };
  });
  const master = documents.find(({ url }) => url === urlOf('master')) ?? { url: urlOf('master'), text: '' };
  const violations = checkHls({ master, playlists: documents.filter((document) => document !== master) });
  const wrong = violations.filter(({ severity }) => severity === 'must');
  const [first] = wrong;
  if (first) {
    const more = wrong.length > 1 ? ` ${wrong.length - 1} more rules of HLS are broken.` : '';
    const message = `${first.where} breaks the rule ${first.rule}: ${first.message}${more}`;
    throw new MillraceError('output_rejected', message);
  }
  return violations;
}

/** Every listed object exists and has the size that the playlists were computed from. */
async function checkObjects(
  { storage }: Tools,
  { _id, generation }: Video,
  renditions: Joined[],
): Promise<void> {
  const listed = await storage.list('processed', generationPrefix(_id, generation));
  const stored = new Map(listed.map(({ key, bytes }) => [key, bytes]));
  for (const { name, segments } of renditions) {
    if (!stored.has(initKey(_id, generation, name))) {
      throw new Mishap(`The init segment of ${name} is not stored.`);
    }
    for (const { n, bytes } of segments) {
      const found = stored.get(segmentKey(_id, generation, name, n));
      if (found === bytes) continue;
      const what = found === undefined ? 'is not stored' : `has ${found} bytes in the store, not ${bytes}`;
      throw new Mishap(`Segment ${n} of ${name} ${what}.`);
    }
  }
}
