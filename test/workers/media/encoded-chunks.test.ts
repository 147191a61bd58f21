import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { EncodingPlan } from '../../../shared/contracts/encoding.ts';
import { keyFramesIn } from '../../../workers/media/chunks.ts';
import { framesPerSecond } from '../../../workers/media/frame-rate.ts';
import { tilesIn } from '../../../workers/media/image-args.ts';
import { boxesIn } from '../../../workers/media/mp4-boxes.ts';
import {
  complaints,
  frameHashes,
  greyOf,
  h264,
  joinSegments,
  levels,
  type MadeChunk,
  type MadeFile,
  numbered,
  type Shown,
  show,
  smallProfile,
  tone,
  useMedia,
} from '../../support/media.ts';

/** Without loss, so that pictures can be compared bit by bit. */
const lossless = { ...smallProfile, name: 'lossless', crf: 0, options: ['-preset', 'ultrafast', '-bf', '2'] };

const sources = [
  {
    name: 'of an MP4 at 29.97 fps',
    file: 'source.mp4',
    words: [...numbered('30000/1001', 14), ...tone(14), ...h264(250)],
    expected: {
      ...{ frameCount: 420, rate: { numerator: 30_000, denominator: 1001 }, originSeconds: 0 },
      ...{ cuts: [0, 60, 240], copied: null },
    },
    greyAt: greyOf,
  },
  {
    name: 'of an MPEG transport stream at 25 fps whose clock begins late',
    file: 'source.ts',
    words: [...numbered('25', 14), ...tone(14), ...h264(250), '-output_ts_offset', '10'],
    expected: {
      ...{ frameCount: 350, rate: { numerator: 25, denominator: 1 }, originSeconds: 11.4 },
      ...{ cuts: [0, 50, 200], copied: null },
    },
    greyAt: greyOf,
  },
  {
    name: 'of a fragmented MP4 with key frames close together',
    file: 'fragmented.mp4',
    words: [...numbered('25', 9), ...h264(20), '-movflags', '+frag_keyframe+empty_moov'],
    // Without an edit list the encoder's delay, two frames, stays in the time stamps.
    expected: { frameCount: 225, originSeconds: 0.08, cuts: [0, 50, 200], copied: null },
    greyAt: greyOf,
  },
  {
    // Frame 49 stands from 1.96 s to 8 s.
    name: 'of a screen recording that stands still for six seconds',
    file: 'still.mp4',
    words: [
      ...numbered('25', 4),
      ...['-vf', "setpts='PTS+gte(N,50)*6/TB'", '-fps_mode', 'passthrough', ...h264(250)],
    ],
    expected: { frameCount: 250, rate: { numerator: 25, denominator: 1 }, cuts: [0, 50, 200], copied: null },
    greyAt: (n: number) => greyOf(n < 200 ? Math.min(n, 49) : n - 150),
  },
  {
    name: 'beside a copied rung whose key frames come unevenly',
    file: 'uneven.mp4',
    // Noise makes the copy spend enough that a rung below it is worth its place.
    words: [
      ...[...numbered('30000/1001', 14), '-vf', 'noise=c0s=8:c0f=t'],
      ...h264(1000, '-force_key_frames', '0,1.1,3.4,4.9,8.3,9.2,12.8'),
    ],
    expected: {
      ...{ frameCount: 420, copied: '90p', originSeconds: 0 },
      // Key frames lie at 0, 33, 102, 147, 249, 276 and 384.
      cuts: [0, 33, 147, 276],
    },
    greyAt: greyOf,
  },
];

const lowest = ({ rungs: [first] }: MadeChunk): MadeFile => first ?? expect.fail('no rung');

/** The JPEGs of a file of them, one after the other. */
function jpegsIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    expect(bytes.readUInt16BE(at), 'the start of an image').to.equal(0xffd8);
    const end = bytes.indexOf(Buffer.from([0xff, 0xd9]), at);
    if (end < 0) expect.fail('a JPEG without an end');
    found.push(bytes.subarray(at, end + 2));
    at = end + 2;
  }
  return found;
}

describe('the chunks', () => {
  const media = useMedia();
  for (const { name, file, words, expected, greyAt } of sources) {
    describe(name, () => {
      let source: string;
      let plan: EncodingPlan;
      let made: MadeChunk[];
      let shown: Shown;
      const rate = () => framesPerSecond(plan.rate);
      before(async () => {
        source = await media.make(file, ...words);
        plan = await media.planFor(source, { copyRefused: expected.copied === null });
        made = await media.encode(plan, source);
        writeFileSync(media.path('joined.mp4'), joinSegments(made.map(lowest)));
        shown = await show(media.path('joined.mp4'));
      });

      it('are several, planned from what the file says', () => {
        expect(plan).to.deep.include(expected);
        expect(plan.chunks.length).to.be.greaterThan(1);
      });

      it('hold as many frames as planned, and share one init segment', () => {
        const frames = made.map(({ rungs }) =>
          rungs.map(({ file }) => file.fragments.reduce((sum, { samples }) => sum + samples, 0)),
        );
        const rungs = plan.rungs.filter(({ name }) => name !== plan.copied);
        expect(frames).to.deep.equal(
          plan.chunks.map(({ startFrame, endFrame }) => rungs.map(() => endFrame - startFrame)),
        );
        for (const index of rungs.keys()) {
          const inits = made.map(({ rungs }) => {
            const { data, file } = rungs[index] ?? expect.fail('no rung');
            return data.subarray(0, file.initBytes).toString('hex');
          });
          expect(new Set(inits)).to.have.property('size', 1);
        }
      });

      it('go on in decoding time where the one before ended', () => {
        let next = 0;
        for (const { baseTime, duration } of made.flatMap((chunk) => lowest(chunk).file.fragments)) {
          expect(baseTime).to.equal(next);
          next += duration;
        }
        expect(next * rate()).to.be.closeTo(
          plan.frameCount * lowest(made[0] ?? expect.fail()).file.timescale,
          1e-3,
        );
      });

      it('show every frame at its time when they are joined', () => {
        expect(shown.times).to.have.length(plan.frameCount);
        const wrong = shown.times.filter((time, n) => Math.abs(time - n / rate()) > 2e-6);
        expect(wrong).to.deep.equal([]);
      });

      it('show the source’s own frames, in order', async () => {
        const greys = await levels(media.path('joined.mp4'));
        expect(greys).to.have.length(plan.frameCount);
        const wrong = greys.flatMap(([grey], n) => {
          const due = greyAt(n);
          const isRight = Math.abs(grey - due) <= 3;
          return isRight ? [] : [`${n}: ${Math.round(grey)} for ${due}`];
        });
        expect(wrong).to.deep.equal([]);
      });

      it('have key frames on every cut, and no more than a group apart', () => {
        const due = plan.chunks.flatMap((span) =>
          keyFramesIn(plan.cuts, span, plan.gopFrames).map((frame) => span.startFrame + frame),
        );
        const keys = shown.keys.map((time) => Math.round(time * rate()));
        expect(keys).to.deep.equal(due);
        expect(keys).to.include.members(plan.cuts);
        const gaps = keys.map((key, index) => (keys[index + 1] ?? plan.frameCount) - key);
        expect(Math.max(...gaps)).to.be.at.most(plan.gopFrames);
      });

      it('are cut into numbered segments, one for each cut, that cover every byte and every second', () => {
        const segments = made.flatMap((chunk) => lowest(chunk).segments);
        expect(segments.map(({ n }) => n)).to.deep.equal(plan.cuts.map((_, index) => index + 1));
        for (const chunk of made) {
          const { file, segments: own, data } = lowest(chunk);
          expect(own[0]?.offset).to.equal(file.initBytes);
          expect(own.reduce((sum, { bytes }) => sum + bytes, file.initBytes)).to.equal(data.length);
        }
        const due = plan.cuts.map((cut, index) => (plan.cuts[index + 1] ?? plan.frameCount) - cut);
        const frames = segments.map(({ seconds }) => seconds * rate());
        for (const [index, length] of frames.entries()) expect(length).to.be.closeTo(due[index] ?? 0, 1e-3);
      });

      it('are cut into segments that each decode without the others', async () => {
        const all = made.map(lowest).flatMap((part) => part.segments.map((segment) => ({ part, segment })));
        const { part, segment } = all.at(-1) ?? expect.fail('no segment');
        const alone = media.path('alone.mp4');
        writeFileSync(alone, joinSegments([{ ...part, segments: [segment] }]));
        expect(await complaints(alone)).to.equal('');
        expect((await show(alone)).times).to.have.length(plan.frameCount - (plan.cuts.at(-1) ?? 0));
      });

      it('name the bytes of every key frame', () => {
        let at = lowest(made[0] ?? expect.fail('no chunk')).file.initBytes;
        const named: { start: string; end: number }[] = [];
        for (const { segments, data } of made.map(lowest)) {
          for (const { offset, bytes, keyFrames } of segments) {
            for (const key of keyFrames) {
              const start = offset + key.offset;
              const [first] = boxesIn(data, start, data.length);
              named.push({ start: first?.type ?? '', end: at + key.offset + key.bytes });
            }
            at += bytes;
          }
        }
        expect(named).to.deep.equal(
          shown.keyBytes.map(({ pos, size }) => ({ start: 'moof', end: pos + size })),
        );
      });

      it('give exactly the storyboard’s tiles, each of its own frame', async () => {
        const frames: number[] = [];
        for (const [chunk, { tiles }] of made.entries()) {
          const due = tilesIn(plan, chunk);
          expect(jpegsIn(tiles ?? Buffer.alloc(0)), `chunk ${chunk}`).to.have.length(due.length);
          if (!tiles) continue;
          writeFileSync(media.path('tiles.mjpeg'), tiles);
          const { stream } = await show(media.path('tiles.mjpeg'));
          const { width, height } = plan.storyboard;
          expect(stream).to.include({ codec_name: 'mjpeg', width, height });
          const greys = await levels(media.path('tiles.mjpeg'));
          const start = plan.chunks[chunk]?.startFrame ?? 0;
          for (const [index, frame] of due.entries()) {
            frames.push(start + frame);
            const grey = greyAt(start + frame);
            // JPEG has full range.
            expect(greys[index]?.[0]).to.be.closeTo(((grey - 16) / 219) * 255, 4);
          }
        }
        expect(frames).to.deep.equal(plan.storyboard.frames);
      });
    });
  }

  for (const [rate, seconds] of [
    ['30000/1001', 6.006],
    ['24', 7.5],
    ['25', 7.2],
  ] as const) {
    it(`that hold several uneven cuts have key frames on each of them, at ${rate} fps`, async () => {
      const source = await media.make(`several-${seconds}.mp4`, ...numbered(rate, seconds), ...h264(250));
      const plan = await media.planFor(source);
      const cuts = [0, 7, 20, 34, 65, 97, 127, 143, 166];
      const several = { ...plan, copied: 'another', cuts };
      const [made] = await media.encode(
        { ...several, chunks: [{ startFrame: 0, endFrame: 180, seekSeconds: null }] },
        source,
      );
      const { segments = [] } = made?.rungs[0] ?? {};
      const frames = segments.map((segment) => Math.round(segment.seconds * framesPerSecond(plan.rate)));
      expect(frames).to.deep.equal([7, 13, 14, 31, 32, 30, 16, 23, 14]);
    });
  }

  for (const { name, file, words, expected } of sources.slice(0, 2)) {
    it(`${name} are, frame for frame, what one process makes of the whole`, async () => {
      const source = await media.make(file, ...words);
      const plan = await media.planFor(source, { profile: lossless });
      expect(plan.chunks.length).to.be.greaterThan(1);
      const whole = { ...plan, chunks: [{ startFrame: 0, endFrame: plan.frameCount, seekSeconds: null }] };
      const shown = async (of: EncodingPlan) => {
        const made = await media.encode(of, source);
        writeFileSync(media.path('joined.mp4'), joinSegments(made.map(lowest)));
        const hashes = await frameHashes(media.path('joined.mp4'));
        return { hashes, times: (await show(media.path('joined.mp4'))).times };
      };
      const [joined, one] = [await shown(plan), await shown(whole)];
      expect(joined).to.deep.equal(one);
      expect(new Set(one.hashes).size).to.be.at.least(200);
      expect(one.hashes).to.have.length(expected.frameCount);
    });
  }
});
