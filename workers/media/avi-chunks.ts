import { type FileHandle, open } from 'node:fs/promises';
import { bytesAt } from './bytes-at.ts';

const headerBytes = 8;
const entryBytes = 16;
/** In front of the packets are few chunks, behind them the index alone. */
const mostChunks = 100;
const mostIndexBytes = 64 * 1024 ** 2;
const blockBytes = 1024 ** 2;
/** Number of the stream and kind of what it holds. */
const isPacket = /^\d\d(?:dc|db|wb|tx|pc)$/;

type Chunk = { id: string; start: number; end: number };

/**
 * Mends the packets of an AVI in place whose headers were overwritten, by the index. AVI counts time in packets: where
 * ffmpeg finds one no more, all that follows comes too early, and too few seem to be there.
 */
export async function restoreChunks(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const top = await bytesAt(file, 0, 12);
    if (top.toString('latin1', 0, 4) !== 'RIFF' || top.toString('latin1', 8) !== 'AVI ') return;
    const { size } = await file.stat();
    const chunks = await chunksIn(file, size);
    const packets = chunks.find(({ id }) => id === 'movi');
    const index = chunks.find(({ id }) => id === 'idx1');
    if (!packets || !index || Math.max(packets.end, index.end) > size) return;
    if (index.end - index.start > mostIndexBytes) return;
    const entries = await bytesAt(file, index.start + headerBytes, index.end - index.start - headerBytes);
    // Some count from the beginning of the file, against the rule.
    for (const base of [packets.start + headerBytes, 0]) {
      const { found, lost } = await compare(file, packetsIn(entries, base, packets));
      for (const { id, start, end } of found > 0 ? lost : []) {
        await file.write(headerOf(id, end - start), 0, headerBytes, start);
      }
    }
  } finally {
    await file.close();
  }
}

/** Of the first RIFF, all that lie beside each other. Lists have the name of what they hold. */
async function chunksIn(file: FileHandle, size: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (let start = 12; start + 12 <= size && chunks.length < mostChunks; ) {
    const header = await bytesAt(file, start, 12);
    const id = header.toString('latin1', 0, 4);
    const end = start + headerBytes + header.readUInt32LE(4);
    chunks.push({ id: id === 'LIST' ? header.toString('latin1', 8) : id, start, end });
    start = end + (end % 2);
  }
  return chunks;
}

/** In the order of the file alone: an index that leaps to and fro would have it read once for each of its entries. */
function packetsIn(entries: Buffer, base: number, within: Chunk): Chunk[] {
  const packets: Chunk[] = [];
  let latest = within.start;
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const id = entries.toString('latin1', at, at + 4);
    const start = base + entries.readUInt32LE(at + 8);
    const end = start + headerBytes + entries.readUInt32LE(at + 12);
    if (!isPacket.test(id) || start <= latest || end > within.end) continue;
    packets.push({ id, start, end });
    latest = start;
  }
  return packets;
}

/**
 * How many have the header that the index names, and which have none. Each is sought by the one before it, as an index
 * may be that of another file: where that one is in its place, and nothing follows it where it ends.
 */
async function compare(file: FileHandle, packets: Chunk[]): Promise<{ found: number; lost: Chunk[] }> {
  const lost: Chunk[] = [];
  let found = 0;
  let block: Buffer = Buffer.alloc(0);
  let from = 0;
  const headerAt = async (start: number) => {
    if (start < from || start + headerBytes > from + block.length) {
      from = start;
      block = await bytesAt(file, from, blockBytes);
    }
    return block.subarray(start - from, start - from + headerBytes);
  };
  const begins = async (start: number) => isPacket.test((await headerAt(start)).toString('latin1', 0, 4));
  let before: Chunk | undefined;
  for (const packet of packets) {
    const { id, start, end } = packet;
    const due: number = before ? before.end + (before.end % 2) : start;
    if ((await headerAt(start)).equals(headerOf(id, end - start))) {
      found += 1;
      before = packet;
    } else if (before && start >= due && !(await begins(due)) && !(await begins(start))) {
      lost.push(packet);
      before = packet;
    } else {
      before = undefined;
    }
  }
  return { found, lost };
}

function headerOf(id: string, bytes: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(id, 'latin1');
  header.writeUInt32LE(bytes - headerBytes, 4);
  return header;
}
