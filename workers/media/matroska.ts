import type { FileHandle } from 'node:fs/promises';
import { bytesAt } from './bytes-at.ts';

/** Element ids of Matroska (RFC 9559). */
export const ids = {
  ...{ segment: 0x18538067, cluster: 0x1f43b675, tracks: 0x1654ae6b },
  ...{ entry: 0xae, type: 0x83, language: 0x22b59d, codec: 0x86 },
};
/** What ffmpeg makes a stream of, in the order of the file, by `TrackType`. */
const kinds = new Map([
  [1, 'video'],
  [2, 'audio'],
  [0x11, 'subtitle'],
  [0x21, 'data'],
]);
/** More lie in front of the tracks, or in them, only in files that are damaged or hostile. */
const mostElements = 1000;
const mostBytes = 4 * 1024 ** 2;

/** `kind` as ffprobe calls it; each field with its place in the file. */
type MatroskaTrack = { kind: string; fields: Map<number, { body: Buffer; at: number }> };
type Element = { id: number; body: Buffer };

/** The tracks that ffmpeg makes streams of; none when pictures or sound come before them. */
export async function readTracks(file: FileHandle): Promise<MatroskaTrack[]> {
  const { bytes, at } = await findTracks(file);
  return elementsIn(bytes).flatMap((entry) => {
    if (entry.id !== ids.entry) return [];
    const fields = new Map(
      elementsIn(entry.body).map(({ id, body }) => [
        id,
        { body, at: at + body.byteOffset - bytes.byteOffset },
      ]),
    );
    const kind = kinds.get(fields.get(ids.type)?.body.at(-1) ?? 0);
    return kind ? [{ kind, fields }] : [];
  });
}

async function findTracks(file: FileHandle): Promise<{ bytes: Buffer; at: number }> {
  let start = 0;
  for (let left = mostElements; left > 0 && Number.isSafeInteger(start); left -= 1) {
    const header = readHeader(await bytesAt(file, start, 12), 0);
    if (!header || header.id === ids.cluster) break;
    const { id, size, length } = header;
    if (id === ids.tracks) {
      const at = start + length;
      return { bytes: await bytesAt(file, at, Math.min(size, mostBytes)), at };
    }
    // What lies in a segment comes next.
    start += id === ids.segment ? length : length + size;
  }
  return { bytes: Buffer.alloc(0), at: 0 };
}

function elementsIn(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let start = 0; elements.length < mostElements; ) {
    const header = readHeader(bytes, start);
    if (!header) break;
    const from = start + header.length;
    start = from + header.size;
    elements.push({ id: header.id, body: bytes.subarray(from, start) });
  }
  return elements;
}

function readHeader(bytes: Buffer, start: number) {
  const idBytes = numberBytes(bytes[start]);
  const sizeBytes = numberBytes(bytes[start + idBytes]);
  const length = idBytes + sizeBytes;
  if (idBytes === 0 || idBytes > 4 || sizeBytes === 0 || start + length > bytes.length) return undefined;
  const id = bytes.readUIntBE(start, idBytes);
  const [first = 0, ...others] = bytes.subarray(start + idBytes, start + length);
  const size = others.reduce((sum, byte) => sum * 256 + byte, first - 2 ** (8 - sizeBytes));
  return { id, size, length };
}

/** How many bytes a number takes is said by the zeros that it begins with. */
function numberBytes(first = 0): number {
  return first === 0 ? 0 : Math.clz32(first) - 23;
}
