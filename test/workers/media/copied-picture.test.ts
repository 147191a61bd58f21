import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { copyCommand } from '../../../workers/media/ffmpeg-args.ts';
import { cutSegments } from '../../../workers/media/fragments.ts';
import { framesPerSecond } from '../../../workers/media/frame-rate.ts';
import {
  complaints,
  frameHashes,
  greyOf,
  h264,
  joinSegments,
  levels,
  type MadeFile,
  numbered,
  type Shown,
  show,
  useMedia,
} from '../../support/media.ts';
import { readFragmentedFile } from '../../support/read-fragments.ts';

/** Noise makes the copy spend enough that a rung below it is worth its place. */
const noisy = (rate: string) => [...numbered(rate, 8), '-vf', 'noise=c0s=8:c0f=t'];
const uneven = h264(1000, '-force_key_frames', '0,1.1,3.4,4.9');

const sources = [
  {
    name: 'an MP4 at 25 fps with B-frames',
    file: 'plain.mp4',
    words: [...noisy('25'), ...h264(50)],
    expected: { originSeconds: 0, cuts: [0, 50] },
  },
  {
    name: 'an MP4 at 29.97 fps that begins at 3 s, with uneven groups',
    file: 'late.mp4',
    words: [...noisy('30000/1001'), ...uneven, '-output_ts_offset', '3.003'],
    expected: { originSeconds: 3.003, cuts: [0, 33, 147] },
  },
  {
    name: 'an MP4 whose encoder’s delay stays in its time stamps',
    file: 'delayed.mp4',
    words: [...noisy('25'), ...h264(50), '-movflags', '+frag_keyframe+empty_moov'],
    expected: { originSeconds: 0.08, cuts: [0, 50] },
  },
];

/** What ffprobe rounds. */
const tolerance = 2e-6;

describe('the copied picture', () => {
  for (const { name, file, words, expected } of sources) {
    describe(`of ${name}`, () => {
      const media = useMedia();
      let source: string;
      let plan: EncodingPlan;
      let copied: Omit<MadeFile, 'name'>;
      let shown: Shown;
      let encoded: Shown;
      before(async () => {
        source = await media.make(file, ...words);
        plan = await media.planFor(source, { copyRefused: false });
        const path = media.path('copied.mp4');
        await media.run(copyCommand(plan, source, path));
        const read = await readFragmentedFile(path);
        const options = { firstNumber: 1, starts: plan.cuts, withKeyFrames: true };
        copied = { file: read, segments: cutSegments(read, options), data: readFileSync(path) };
        const [below] = plan.rungs;
        const rungs = (await media.encode(plan, source)).flatMap((chunk) => chunk.rungs);
        const joined = joinSegments(rungs.filter((rung) => rung.name === below?.name));
        writeFileSync(media.path('encoded.mp4'), joined);
        writeFileSync(media.path('joined.mp4'), joinSegments([copied]));
        shown = await show(media.path('joined.mp4'));
        encoded = await show(media.path('encoded.mp4'));
      });

      it('is the top rung', () => {
        expect(plan).to.deep.include({ ...expected, copied: '90p' });
        expect(plan.rungs.map(({ name }) => name)).to.deep.equal(['48p', '90p']);
      });

      it('is cut where the encoded rungs are cut', () => {
        const seconds = framesPerSecond(plan.rate);
        const due = plan.cuts.map((cut, index) => (plan.cuts[index + 1] ?? plan.frameCount) - cut);
        expect(copied.segments.map(({ n }) => n)).to.deep.equal(plan.cuts.map((_, index) => index + 1));
        for (const [index, segment] of copied.segments.entries()) {
          expect(segment.seconds).to.be.closeTo((due[index] ?? 0) / seconds, 2 * tolerance + 1e-6);
        }
        const samples = copied.file.fragments.reduce((sum, fragment) => sum + fragment.samples, 0);
        expect(samples).to.equal(plan.frameCount);
        expect(copied.file.codecs).to.match(/^avc1\.[0-9a-f]{6}$/);
      });

      it('begins decoding at 0 and goes on without a gap', () => {
        let next = 0;
        for (const { baseTime, duration } of copied.file.fragments) {
          expect(baseTime).to.equal(next);
          next += duration;
        }
      });

      it('has as many frames as an encoded rung, shown at the same times', () => {
        expect(shown.times).to.have.length(plan.frameCount);
        expect(encoded.times).to.have.length(plan.frameCount);
        const apart = shown.times.map((time, n) => Math.abs(time - (encoded.times[n] ?? 0)));
        expect(Math.max(...apart)).to.be.at.most(tolerance);
      });

      it('is the source’s own picture, and the encoded rung shows the same', async () => {
        const own = await frameHashes(source);
        expect(await frameHashes(media.path('joined.mp4'))).to.deep.equal(own);
        const greys = await levels(media.path('encoded.mp4'));
        const wrong = greys.flatMap(([grey], n) => (Math.abs(grey - greyOf(n)) > 4 ? [`${n}: ${grey}`] : []));
        expect(wrong).to.deep.equal([]);
      });

      it('has a key frame at the start of every segment, so that each decodes alone', async () => {
        for (const segment of copied.segments) {
          writeFileSync(media.path('alone.mp4'), joinSegments([{ ...copied, segments: [segment] }]));
          expect(await complaints(media.path('alone.mp4'))).to.equal('');
          const { times } = await show(media.path('alone.mp4'));
          expect(times).to.have.length(Math.round(segment.seconds * framesPerSecond(plan.rate)));
        }
      });
    });
  }
});
