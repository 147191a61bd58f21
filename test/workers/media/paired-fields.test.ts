import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { wholeRate } from '../../../workers/media/paired-fields.ts';
import { planEncoding } from '../../../workers/media/plan.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';
import { h264, lookAt, moving, smallProfile, useMedia } from '../../support/media.ts';

const tool = { path: 'ffprobe', tools: findSandboxTools(process.env.PATH ?? '') };
const options = { maxSeconds: 3600, profile: smallProfile, slots: 1, copyRefused: false };

/** A number in Exp-Golomb code. */
function ue(value: number): string {
  const bits = (value + 1).toString(2);
  return '0'.repeat(bits.length - 1) + bits;
}

function unit(head: number, bits: string, tail = Buffer.alloc(0)): Buffer {
  const bytes = bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? [];
  return Buffer.concat([Buffer.from([0, 0, 0, 1, head, ...bytes]), tail]);
}

/** Of the blocks of a picture; a field has half as many rows. */
const [across, rows] = [10, 6];
const size = ue(across - 1) + ue(rows / 2 - 1);
/** Main profile, level 3, not only whole pictures, which are shown in the order in which they are decoded. */
const sequence = unit(0x67, `${'010011010000000000011110'}${ue(0)}${ue(0)}${ue(2)}${ue(1)}0${size}001001`);
const pictures = unit(0x68, `${ue(0)}${ue(0)}00${ue(0).repeat(3)}000${ue(0).repeat(3)}0001`);

/** Grey as it is, without prediction. A field at the bottom belongs to the picture of the one before. */
function slice(fields: '0' | '10' | '11', grey: number): Buffer {
  const isFirst = fields !== '11';
  const begin = ue(0) + ue(7) + ue(0);
  const header = `${begin}0000${fields}${isFirst ? `${ue(grey % 2)}00` : '0'}${ue(0)}`;
  const samples = Buffer.alloc(384, grey);
  const count = across * (fields === '0' ? rows : rows / 2);
  const others = Array.from({ length: count - 1 }, () => [Buffer.from([0x0d, 0x00]), samples]).flat();
  const data = Buffer.concat([samples, ...others, Buffer.from([0x80])]);
  return unit(isFirst ? 0x65 : 0x21, header + ue(25), data);
}

/** No encoder at hand makes single fields. */
function stream(count: number, isInFields: (picture: number) => boolean): Buffer {
  const shown = Array.from({ length: count }, (_, picture) => {
    const grey = 40 + picture;
    return isInFields(picture) ? [slice('10', grey), slice('11', grey + 20)] : [slice('0', grey)];
  });
  return Buffer.concat([sequence, pictures, ...shown.flat()]);
}

describe('the rate of H.264 whose fields are packets', () => {
  const media = useMedia();
  const ask = async (source: string) => {
    const { video, packets, report } = await lookAt(source);
    const { signal } = new AbortController();
    return wholeRate(tool, source, video, packets, report.format.format_name, signal);
  };
  const make = async (name: string, isInFields: (picture: number) => boolean, ...words: string[]) => {
    await writeFile(media.path('fields.264'), stream(48, isInFields));
    return media.make(name, '-r', '50', '-i', media.path('fields.264'), '-c', 'copy', ...words);
  };

  it('is that of the pictures', async () => {
    const source = await make('paired.mp4', () => true);
    const found = await lookAt(source);
    expect(found.packets.times).to.have.length(96);
    const rate = await ask(source);
    expect(rate).to.equal(25);
    const later = { mayHaveFields: true, changesShape: false };
    const seen = { ...found, later, wholeRate: rate };
    expect(planEncoding(seen, options)).to.deep.include({
      rate: { numerator: 25, denominator: 1 },
      frameCount: 48,
    });
  });

  it('is that of the pictures where only some are in fields', async () => {
    // A whole picture lasts as long as two fields do, in ticks of MP4: 256 of 12800 a second for each.
    const place = 'floor(N/4)*6+max(mod(N\\,4)\\,2*mod(N\\,4)-2)';
    const source = await make(
      'some.mp4',
      (picture) => picture % 3 === 0,
      '-bsf:v',
      `setts=ts=256*(${place})`,
    );
    expect((await lookAt(source)).packets.times).to.have.length(64);
    expect(await ask(source)).to.be.closeTo(25, 0.01);
  });

  it('is nothing of its own where packets are pictures, also those marked as interlaced', async () => {
    const words = [...moving('50', 1, '320x180'), ...h264(25, '-flags', '+ildct+ilme')];
    const marked = await media.make('marked.mp4', ...words);
    expect((await lookAt(marked)).video.field_order).to.equal('tt');
    expect(await ask(marked)).to.equal(undefined);
    expect(await ask(await make('whole.mp4', () => false))).to.equal(undefined);
    expect(await ask(await make('fields.mkv', () => false))).to.equal(undefined);
  });
});
