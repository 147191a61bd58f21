import { boxesIn, findBox } from '../../workers/media/mp4-boxes.ts';

/** One track as its init segment describes it. */
export type Track = {
  id: number;
  isPicture: boolean;
  /** RFC 6381 where that can be told, else the name of the sample entry. */
  codec: string;
  timescale: number;
  defaults: { duration: number; flags: number };
  /** What an edit list takes from every time stamp, in ticks. */
  editTicks: number;
  /** Bytes that tell a NAL unit's length; 0 where there are none to look at. */
  nalLengthBytes: number;
};

/** @throws Error when there is no track that can be read. */
export function readInit(init: Buffer): Track[] {
  const moov = findBox(init, ['moov'], { body: 0, end: init.length });
  if (!moov) throw new Error('there is no moov box');
  const mvhd = findBox(init, ['mvhd'], moov);
  const movieTimescale = mvhd ? init.readUInt32BE(mvhd.body + (init[mvhd.body] === 1 ? 20 : 12)) : 1;
  const tracks = boxesIn(init, moov.body, moov.end)
    .filter(({ type }) => type === 'trak')
    .flatMap((trak) => {
      const tkhd = findBox(init, ['tkhd'], trak);
      const mdhd = findBox(init, ['mdia', 'mdhd'], trak);
      const hdlr = findBox(init, ['mdia', 'hdlr'], trak);
      const stsd = findBox(init, ['mdia', 'minf', 'stbl', 'stsd'], trak);
      if (!tkhd || !mdhd || !hdlr || !stsd) return [];
      const id = init.readUInt32BE(tkhd.body + (init[tkhd.body] === 1 ? 20 : 12));
      const timescale = init.readUInt32BE(mdhd.body + (init[mdhd.body] === 1 ? 20 : 12));
      const elst = findBox(init, ['edts', 'elst'], trak);
      const isPicture = init.toString('latin1', hdlr.body + 8, hdlr.body + 12) === 'vide';
      return [
        {
          ...{ id, isPicture, timescale, ...readEntry(init, stsd.body + 8, stsd.end, isPicture) },
          defaults: readDefaults(init, moov, id),
          editTicks: elst ? readEdits(init, elst.body, timescale / movieTimescale) : 0,
        },
      ];
    });
  if (tracks.length === 0) throw new Error('it holds no track');
  return tracks;
}

function readEntry(init: Buffer, from: number, to: number, isPicture: boolean) {
  const entry = boxesIn(init, from, to)[0];
  if (!entry) throw new Error('a track has no sample entry');
  const inner = { body: entry.body + (isPicture ? 78 : 28), end: entry.end };
  const original = findBox(init, ['sinf', 'frma'], inner);
  const name = original ? init.toString('latin1', original.body, original.body + 4) : entry.type;
  const avcC = findBox(init, ['avcC'], inner);
  const hvcC = findBox(init, ['hvcC'], inner);
  const esds = findBox(init, ['esds'], inner);
  // Where samples are encrypted, what stands in them is not looked at.
  const config = original ? undefined : (avcC ?? hvcC);
  const lengthAt = avcC ? 4 : 21;
  const nalLengthBytes = config ? ((init[config.body + lengthAt] ?? 3) & 3) + 1 : 0;
  let codec = name;
  if (avcC) codec = `${name}.${init.toString('hex', avcC.body + 1, avcC.body + 4)}`;
  if (name === 'mp4a' && esds)
    codec = `mp4a.40.${audioObjectType(init.subarray(esds.body + 4, esds.end)) ?? 2}`;
  return { codec, nalLengthBytes };
}

/** Walks ES_Descriptor > DecoderConfigDescriptor > DecoderSpecificInfo (ISO/IEC 14496-1). */
function audioObjectType(descriptors: Buffer): number | undefined {
  const skips: Partial<Record<number, number>> = { 3: 3, 4: 13 };
  for (let at = 0; at + 1 < descriptors.length; ) {
    const tag = descriptors[at++] ?? 0;
    while (((descriptors[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
    if (tag === 5) return (descriptors[at] ?? 0) >> 3;
    at += skips[tag] ?? descriptors.length;
  }
  return undefined;
}

function readDefaults(init: Buffer, moov: { body: number; end: number }, id: number): Track['defaults'] {
  const mvex = findBox(init, ['mvex'], moov);
  const trex = boxesIn(init, mvex?.body ?? 0, mvex?.end ?? 0).find(
    ({ type, body }) => type === 'trex' && init.readUInt32BE(body + 4) === id,
  );
  if (!trex) return { duration: 0, flags: 0 };
  return { duration: init.readUInt32BE(trex.body + 12), flags: init.readUInt32BE(trex.body + 20) };
}

/** An edit without media delays all, the first with media cuts off what lies before it. */
function readEdits(init: Buffer, body: number, ticksPerMovieTick: number): number {
  const isLong = init[body] === 1;
  const count = init.readUInt32BE(body + 4);
  let delay = 0;
  for (let index = 0; index < count; index += 1) {
    const at = body + 8 + index * (isLong ? 20 : 12);
    const duration = isLong ? Number(init.readBigUInt64BE(at)) : init.readUInt32BE(at);
    const mediaTime = isLong ? Number(init.readBigInt64BE(at + 8)) : init.readInt32BE(at + 4);
    if (mediaTime >= 0) return mediaTime - delay;
    delay += duration * ticksPerMovieTick;
  }
  return -delay;
}
