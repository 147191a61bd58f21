import type { RenditionPart } from '../shared/contracts/encoding.ts';
import type { Video } from '../shared/db/videos.ts';
import { initKey, segmentKey } from '../shared/keys.ts';
import { cutSegments, readFragmentedFile } from './media/fragments.ts';
import type { Tools } from './tools.ts';

type Encoded = {
  name: string;
  path: string;
  firstNumber: number;
  perSegment: number;
  withKeyFrames: boolean;
  /** True for the part that stores the init segment, which all parts of a rendition share. */
  withInit: boolean;
};

const uploadsAtOnce = 4;

/** Cuts an encoded file into segments, stores them, and says what was stored. */
export async function storeRendition(
  { storage }: Tools,
  { _id, generation }: Pick<Video, '_id' | 'generation'>,
  encoded: Encoded,
): Promise<RenditionPart> {
  const { name, path } = encoded;
  const file = await readFragmentedFile(path);
  const segments = cutSegments(file, encoded);
  const kind = name.startsWith('audio/') ? 'audio/mp4' : 'video/mp4';
  const uploads = segments.map(({ n, offset, bytes }) => ({
    key: segmentKey(_id, generation, name, n),
    range: { path, start: offset, bytes },
  }));
  if (encoded.withInit) {
    uploads.unshift({
      key: initKey(_id, generation, name),
      range: { path, start: 0, bytes: file.initBytes },
    });
  }
  for (let at = 0; at < uploads.length; at += uploadsAtOnce) {
    const batch = uploads.slice(at, at + uploadsAtOnce);
    await Promise.all(batch.map(({ key, range }) => storage.putFileRange('processed', key, range, kind)));
  }
  return {
    name,
    codecs: file.codecs,
    initSha256: file.initSha256,
    frames: file.fragments.reduce((sum, { samples }) => sum + samples, 0),
    segments: segments.map(({ offset: _, ...segment }) => segment),
  };
}
