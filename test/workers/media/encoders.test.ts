import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { boxesIn, findBox } from '../../../workers/media/mp4-boxes.ts';
import {
  complaints,
  greyOf,
  h264,
  joinSegments,
  levels,
  type MadeFile,
  numbered,
  profileNamed,
  show,
  useMedia,
} from '../../support/media.ts';

/** The decoder's own box of the first sample entry. */
function configuration({ data, file }: MadeFile): Buffer {
  const init = { body: 0, end: file.initBytes };
  const stsd = findBox(data, ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'], init);
  const [entry] = stsd ? boxesIn(data, stsd.body + 8, stsd.end) : [];
  const found =
    entry && boxesIn(data, entry.body + 78, entry.end).find(({ type }) => /^(avc|hvc|av1)C$/.test(type));
  return found ? data.subarray(found.body, found.end) : expect.fail('no configuration');
}

/** The names that a reader of the specifications would give to pictures as these, by profile of Millrace. */
const named: Record<string, (box: Buffer) => string> = {
  // ISO/IEC 14496-15: profile, compatible constraints and level are bytes 1 to 3.
  default: (box) => `avc1.${[1, 2, 3].map((at) => (box[at] ?? 0).toString(16).padStart(2, '0')).join('')}`,
  // Main profile, tier L; progressive and frames only; general_level_idc is byte 12, thirty times the level.
  hevc: (box) => `hvc1.1.6.L${box[12]}.90`,
  // Main profile; the lower five bits of byte 2 are the level; 8 bit.
  av1: (box) => `av01.0.${String((box[1] ?? 0) % 32).padStart(2, '0')}M.08`,
};
const decoders: Record<string, string> = { default: 'h264', hevc: 'hevc', av1: 'av1' };

describe('the profile', () => {
  for (const name of ['default', 'hevc', 'av1']) {
    describe(name, function () {
      this.timeout(180_000);
      const media = useMedia();
      let plan: EncodingPlan;
      let made: MadeFile[];
      before(async () => {
        const source = await media.make('source.mp4', ...numbered('25', 4), ...h264(100));
        plan = await media.planFor(source, { profile: profileNamed(name) });
        made = (await media.encode(plan, source)).map(({ rungs }) => rungs[0] ?? expect.fail('no rung'));
        writeFileSync(media.path('joined.mp4'), joinSegments(made));
      });

      it('makes two chunks that share one init segment, closed groups of the planned length', async () => {
        expect(plan.chunks.map(({ startFrame, endFrame }) => [startFrame, endFrame])).to.deep.equal([
          [0, 50],
          [50, 100],
        ]);
        const inits = made.map(({ data, file }) => data.toString('hex', 0, file.initBytes));
        expect(inits).to.have.length(2);
        expect(inits[1]).to.equal(inits[0]);
        const counts = made.map(({ file }) => file.fragments.map(({ samples }) => samples));
        expect(counts).to.deep.equal([[50], [50]]);
      });

      it('makes what decodes: every frame at its time, with its own picture and the right tags', async () => {
        const path = media.path('joined.mp4');
        expect(await complaints(path)).to.equal('');
        const { times, keys, stream } = await show(path);
        expect(times.map((time) => Math.round(time * 25e3) / 1e3)).to.deep.equal(times.map((_, n) => n));
        expect(times).to.have.length(100);
        expect(keys).to.deep.equal([0, 2]);
        expect(stream).to.include({
          ...{ codec_name: decoders[name], pix_fmt: 'yuv420p', color_range: 'tv', color_space: 'bt709' },
          ...{ color_transfer: 'bt709', color_primaries: 'bt709', width: 160, height: 90 },
        });
        const wrong = (await levels(path)).flatMap(([grey], n) =>
          Math.abs(grey - greyOf(n)) > 4 ? [`${n}: ${grey}`] : [],
        );
        expect(wrong).to.deep.equal([]);
      });

      it('names its codec as the specifications do', () => {
        const [first] = made;
        const due = named[name]?.(configuration(first ?? expect.fail('no chunk')));
        expect(made.map(({ file }) => file.codecs)).to.deep.equal([due, due]);
      });
    });
  }
});
