import { setTimeout as sleep } from 'node:timers/promises';
import type { RenditionPart } from '../shared/contracts/encoding.ts';
import type { Video } from '../shared/db/video-record.ts';
import { initKey, segmentKey } from '../shared/keys.ts';
import {
  type CutSegment,
  cutSegments,
  type FragmentedFile,
  type FragmentReader,
  openFragments,
} from './media/fragments.ts';
import type { Tools } from './tools.ts';

export type Encoded = {
  name: string;
  path: string;
  firstNumber: number;
  /** Where its segments begin, in samples of the file. */
  starts: number[] | 'every fragment';
  withKeyFrames: boolean;
  /** How often a file that grows is looked at. */
  lookMilliseconds: number;
  /** True for the part that stores the init segment, which all parts of a rendition share. */
  withInit: boolean;
};

type Owner = Pick<Video, '_id' | 'generation'>;

const uploadsAtOnce = 4;

/**
 * Cuts a file that ffmpeg writes until `written` ends into segments, and says what was stored. Each is stored as soon
 * as it is whole, and `onGrowth` hears of all so far.
 * @throws what `written` or `onGrowth` throws.
 */
export async function storeRendition(
  tools: Tools,
  owner: Owner,
  encoded: Encoded,
  written: Promise<unknown>,
  onGrowth: (part: RenditionPart) => Promise<void> = async () => {},
): Promise<RenditionPart> {
  let isWritten = false;
  const ended = written.then(
    () => {
      isWritten = true;
    },
    () => {
      isWritten = true;
    },
  );
  let reader: FragmentReader | undefined;
  let stored = 0;
  try {
    for (;;) {
      const isLast = isWritten;
      if (isLast) await written;
      reader ??= await openFragments(encoded.path).catch((error) => {
        if (isLast) throw error;
        return undefined;
      });
      const file = isLast ? await reader?.readToEnd() : await reader?.readOn();
      if (file) {
        // Of a file that grows, the last segment may lack fragments.
        const segments = cutSegments(file, encoded);
        const whole = isLast ? segments : segments.slice(0, -1);
        if (whole.length > stored || isLast) {
          await storeSegments(tools, owner, encoded, file, whole.slice(stored), stored === 0);
          stored = whole.length;
          const part = describePart(encoded.name, file, whole);
          if (isLast) return part;
          await onGrowth(part);
        }
      }
      await Promise.race([ended, sleep(encoded.lookMilliseconds)]);
    }
  } finally {
    await reader?.close();
  }
}

async function storeSegments(
  { storage }: Tools,
  { _id, generation }: Owner,
  { name, path, withInit }: Encoded,
  file: FragmentedFile,
  segments: CutSegment[],
  isFirst: boolean,
): Promise<void> {
  const kind = name.startsWith('audio/') ? 'audio/mp4' : 'video/mp4';
  const uploads = segments.map(({ n, offset, bytes }) => ({
    key: segmentKey(_id, generation, name, n),
    range: { path, start: offset, bytes },
  }));
  if (withInit && isFirst) {
    const range = { path, start: 0, bytes: file.initBytes };
    uploads.unshift({ key: initKey(_id, generation, name), range });
  }
  for (let at = 0; at < uploads.length; at += uploadsAtOnce) {
    const batch = uploads.slice(at, at + uploadsAtOnce);
    await Promise.all(batch.map(({ key, range }) => storage.putFileRange('processed', key, range, kind)));
  }
}

function describePart(name: string, file: FragmentedFile, segments: CutSegment[]): RenditionPart {
  const last = segments.at(-1);
  const end = last ? last.offset + last.bytes : 0;
  return {
    name,
    codecs: file.codecs,
    initSha256: file.initSha256,
    frames: file.fragments
      .filter(({ offset }) => offset < end)
      .reduce((sum, { samples }) => sum + samples, 0),
    segments: segments.map(({ offset: _, ...segment }) => segment),
  };
}
