import { type Box, boxesIn, findBox } from './mp4-boxes.ts';

/**
 * The RFC 6381 name of the first sample entry in [from, to) of a moov box: what CODECS says in a playlist.
 * @throws Error when the entry is none that Millrace writes.
 */
export function codecName(moov: Buffer, { from, to }: { from: number; to: number }): string {
  const entry = boxesIn(moov, from, to)[0];
  const name = entry && nameOf(moov, entry);
  if (!name) throw new Error(`the sample entry ${entry?.type} is not one that Millrace writes`);
  return name;
}

function nameOf(moov: Buffer, entry: Box): string | undefined {
  const inside = (type: string, header: number) => {
    const box = findBox(moov, [type], { body: entry.body + header, end: entry.end });
    return box && moov.subarray(box.body, box.end);
  };
  switch (entry.type) {
    case 'avc1': {
      // Profile, constraints and level, ISO/IEC 14496-15.
      const avcC = inside('avcC', 78);
      return avcC && `avc1.${avcC.toString('hex', 1, 4)}`;
    }
    case 'hvc1': {
      const hvcC = inside('hvcC', 78);
      return hvcC && `hvc1.${hevcName(hvcC)}`;
    }
    case 'av01': {
      const av1C = inside('av1C', 78);
      return av1C && `av01.${av1Name(av1C)}`;
    }
    case 'mp4a': {
      const esds = inside('esds', 28);
      const type = esds && audioObjectType(esds.subarray(4));
      return type ? `mp4a.40.${type}` : undefined;
    }
  }
  return undefined;
}

/** ISO/IEC 14496-15, annex E: profile, compatibility bits backwards, tier and level, constraints without last zeros. */
function hevcName(hvcC: Buffer): string {
  const first = hvcC[1] ?? 0;
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const compatible = hvcC.readUInt32BE(2);
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed = reversed * 2 + ((compatible >>> bit) & 1);
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const constraints = [...hvcC.subarray(6, 12)].map((byte) => byte.toString(16).toUpperCase());
  while (constraints.at(-1) === '0') constraints.pop();
  const head = `${space}${first & 0x1f}.${reversed.toString(16).toUpperCase()}.${tier}${hvcC[12] ?? 0}`;
  return [head, ...constraints].join('.');
}

/** AV1 codec ISO media file format binding: profile, level with tier, bit depth. */
function av1Name(av1C: Buffer): string {
  const [profileAndLevel = 0, flags = 0] = av1C.subarray(1, 3);
  const level = String(profileAndLevel & 0x1f).padStart(2, '0');
  const tier = (flags & 0x80) === 0 ? 'M' : 'H';
  const depth = (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
  return `${profileAndLevel >> 5}.${level}${tier}.${String(depth).padStart(2, '0')}`;
}

/** Walks ES_Descriptor > DecoderConfigDescriptor > DecoderSpecificInfo (ISO/IEC 14496-1). */
function audioObjectType(descriptors: Buffer): number | undefined {
  const skips: Record<number, number> = { 3: 3, 4: 13 };
  for (let at = 0; at + 1 < descriptors.length; ) {
    const tag = descriptors[at++] ?? 0;
    while (((descriptors[at] ?? 0) & 0x80) !== 0) at += 1;
    at += 1;
    if (tag === 5) return (descriptors[at] ?? 0) >> 3;
    at += skips[tag] ?? descriptors.length;
  }
  return undefined;
}
