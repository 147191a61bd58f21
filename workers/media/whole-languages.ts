import { type FileHandle, open } from 'node:fs/promises';
import type { ProbeReport } from './ffprobe.ts';
import { canonicalLanguage } from './languages.ts';

const ids = {
  ...{ segment: 0x18538067, cluster: 0x1f43b675, tracks: 0x1654ae6b },
  ...{ entry: 0xae, type: 0x83, language: 0x22b59d },
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

/**
 * The report with the languages that a Matroska file names by BCP 47. ffmpeg reads the older ones beside them alone, in
 * which `pt-BR` and `pt-PT` are the same.
 */
export async function withWholeLanguages(path: string, report: ProbeReport): Promise<ProbeReport> {
  if (!/^matroska\b/.test(report.format.format_name ?? '')) return report;
  const tracks = await tracksOf(path);
  const { streams } = report;
  // Else it is not known which is which.
  if (tracks.some(({ kind }, place) => streams[place]?.codec_type !== kind)) return report;
  return {
    ...report,
    streams: streams.map((stream, place) => {
      const language = canonicalLanguage(tracks[place]?.language);
      return language === 'und' ? stream : { ...stream, tags: { ...stream.tags, language } };
    }),
  };
}

type Track = { kind: string; language: string | undefined };

async function tracksOf(path: string): Promise<Track[]> {
  const file = await open(path, 'r');
  try {
    return elementsIn(await findTracks(file))
      .filter(({ id }) => id === ids.entry)
      .flatMap(({ body }) => {
        const fields = new Map(elementsIn(body).map((field) => [field.id, field.body]));
        const kind = kinds.get(fields.get(ids.type)?.at(-1) ?? 0);
        return kind
          ? [{ kind, language: fields.get(ids.language)?.toString('latin1').replace(/\0+$/, '') }]
          : [];
      });
  } finally {
    await file.close();
  }
}

/** What the element of the tracks holds; empty when pictures or sound come before it. */
async function findTracks(file: FileHandle): Promise<Buffer> {
  let start = 0;
  for (let left = mostElements; left > 0 && Number.isSafeInteger(start); left -= 1) {
    const header = readHeader(await bytesAt(file, start, 12), 0);
    if (!header || header.id === ids.cluster) break;
    const { id, size, length } = header;
    if (id === ids.tracks) return bytesAt(file, start + length, Math.min(size, mostBytes));
    // What lies in a segment comes next.
    start += id === ids.segment ? length : length + size;
  }
  return Buffer.alloc(0);
}

function elementsIn(bytes: Buffer): { id: number; body: Buffer }[] {
  const elements: { id: number; body: Buffer }[] = [];
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

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
