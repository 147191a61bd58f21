import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { prepareFfmpeg } from '../../../workers/media/ffmpeg.ts';
import { lookLater } from '../../../workers/media/look-later.ts';
import { type PlanOptions, planEncoding } from '../../../workers/media/plan.ts';
import { findSandboxTools } from '../../../workers/media/sandbox.ts';
import { fieldsIn, h264, lookAt, moving, smallProfile, useMedia } from '../../support/media.ts';

const whole = [...moving('25', 1, '320x180'), ...h264(25)];
const fields = [
  ...moving('50', 1, '320x180'),
  ...['-vf', 'interlace=scan=tff:lowpass=0', ...h264(25, '-flags', '+ildct+ilme')],
];
const options: PlanOptions = { maxSeconds: 3600, profile: smallProfile, slots: 1, copyRefused: false };

describe('H.264 that begins with whole pictures', () => {
  const media = useMedia();
  const ask = async (source: string, signal = new AbortController().signal) => {
    const tool = prepareFfmpeg(media.path(''), 'ffmpeg', findSandboxTools(process.env.PATH ?? ''));
    const { video } = await lookAt(source);
    return lookLater(tool, video, source, signal);
  };
  /** One stream with two parameter sets, the second of which comes with its pictures. */
  const joined = async (name: string, first = whole, second = fields) => {
    const parts = [await media.make('first.264', ...first), await media.make('second.264', ...second)];
    const stream = media.path('joined.264');
    await writeFile(stream, Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
    // Only MP4 takes pictures without times.
    const timed = await media.make('joined.mp4', '-r', '25', '-i', stream, '-c', 'copy');
    return media.make(name, '-i', timed, '-c', 'copy');
  };

  for (const name of ['later.mp4', 'later.mkv', 'later.flv']) {
    it(`and has fields later is found out, and shown without combs (${name})`, async () => {
      const source = await joined(name);
      const { video, ...rest } = await lookAt(source);
      expect(video.field_order).to.equal('progressive');
      const later = await ask(source);
      expect(later.mayHaveFields).to.equal(true);
      const plan = planEncoding({ video, ...rest, later }, options);
      expect(plan.copied).to.equal(null);
      expect(plan.picture).to.include({ isInterlaced: false, mayInterlace: true });
      await media.encode(plan, source);
      const path = media.path(`0-${plan.rungs.at(-1)?.name}.mp4`);
      expect((await fieldsIn(source)).interlaced).to.be.above(20);
      expect((await fieldsIn(path)).interlaced).to.be.below(8);
    });
  }

  it('and has larger ones later is not taken as it is', async () => {
    // Times are made up where pictures of a raw stream are reordered.
    const sizes = ['160x90', '192x108'].map((size) => [...moving('25', 1, size), ...h264(25, '-bf', '0')]);
    const source = await joined('larger.mp4', ...sizes);
    const later = await ask(source);
    expect(later).to.deep.equal({ mayHaveFields: false, changesShape: true });
    const found = await lookAt(source);
    expect(planEncoding(found, options).copied).to.equal('90p');
    const plan = planEncoding({ ...found, later }, options);
    expect(plan.copied).to.equal(null);
    expect(plan.ladder.at(-1)).to.include({ notCopied: 'geometry' });
  });

  it('and has no others is taken as it is', async () => {
    const source = await media.make('plain.mp4', ...whole);
    expect(await ask(source)).to.deep.equal({ mayHaveFields: false, changesShape: false });
    const plan = planEncoding(await lookAt(source), options);
    expect(plan.picture.mayInterlace).to.equal(undefined);
  });

  it('tells what it can where it is damaged', async () => {
    const source = await joined('damaged.mkv');
    const bytes = await readFile(source);
    await writeFile(source, bytes.fill(0xff, bytes.length >> 3, bytes.length >> 2));
    expect((await ask(source)).mayHaveFields).to.equal(true);
  });

  it('is not asked any longer when the work ends', async () => {
    const reason = new Error('ended');
    const asked = ask(await joined('ended.mp4'), AbortSignal.abort(reason));
    expect(await asked.catch((error) => error)).to.equal(reason);
  });
});
