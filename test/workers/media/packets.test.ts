import { expect } from 'chai';
import {
  extentOf,
  keySeconds,
  laterBy,
  noPackets,
  type Packets,
  soundExtent,
  totalBytes,
  usualDistance,
} from '../../../workers/media/packets.ts';

/** Packets of equal length, whose durations the container names. */
function packets(given: number[], seconds = 0.04): Packets {
  const times = Float64Array.from(given);
  return {
    ...noPackets(),
    times,
    decodes: times,
    bytes: times.map(() => 100),
    namedSeconds: times.length * seconds,
    endSeconds: Math.max(...times) + seconds,
  };
}
const steady = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n * 0.04);

describe('the extent of packets', () => {
  it('is from the first that is shown to the end of the last', () => {
    const extent = extentOf(packets([1.08, 1, 1.04]), 0.04);
    expect(extent).to.deep.equal({ firstSeconds: 1, endSeconds: 1.12, isDamaged: false });
  });

  it('is none without packets', () => {
    expect(extentOf(noPackets(), 0.04)).to.equal(undefined);
  });

  it('may hold a picture that stands still for a while', () => {
    expect(extentOf(packets([0, 0.04, 10]), 0.04)).to.include({ endSeconds: 10.04, isDamaged: false });
  });

  it('does not reach to a time stamp that is wrong by hours, late or early', () => {
    const damaged = { firstSeconds: 5, endSeconds: 9.04, isDamaged: true };
    const first = extentOf(packets([7200, ...steady(100, 5)]), 0.04);
    expect(first).to.include({ firstSeconds: 5, isDamaged: true });
    for (const wrong of [7200, -7200]) {
      const extent = extentOf(packets([...steady(100, 5), wrong]), 0.04);
      expect(extent?.endSeconds).to.be.closeTo(damaged.endSeconds, 1e-9);
      expect(extent).to.include({ firstSeconds: 5, isDamaged: true });
    }
  });

  it('may hold a long pause that something else bears witness to', () => {
    const paused = packets([...steady(50), ...steady(50, 62)]);
    expect(extentOf(paused, 0.04)).to.include({ isDamaged: true });
    expect(extentOf(paused, 0.04, 64)).to.include({ endSeconds: 64, isDamaged: false });
    expect(extentOf(paused, 0.04, 30)).to.include({ isDamaged: true });
    const reordered = { ...packets([...steady(49), 62, 1.96, ...steady(49, 62.04)]), decodes: paused.times };
    expect(extentOf(reordered, 0.04, 64)).to.include({ endSeconds: 64, isDamaged: false });
  });

  it('is the sum of its stretches where the clock begins anew', () => {
    const twice = extentOf(packets([...steady(50, 3), ...steady(75, 2)]), 0.04, 5);
    expect(twice).to.include({ firstSeconds: 3, isDamaged: true });
    expect(twice?.endSeconds).to.be.closeTo(8, 1e-9);
    const back = packets(steady(50));
    const once = { ...back, decodes: back.decodes.with(25, 0) };
    expect(extentOf(once, 0.04), 'one stamp alone').to.include({ isDamaged: false });
  });

  it('counts packets where the container names no durations', () => {
    const unnamed = { ...packets([...steady(100), 7200]), namedSeconds: 0 };
    expect(extentOf(unnamed, 0.04)?.endSeconds).to.be.closeTo(4.04, 1e-9);
    expect(extentOf({ ...packets([0, 11]), namedSeconds: 0 }, 4)).to.include({ isDamaged: false });
  });
});

describe('the extent of sound', () => {
  it('counts its packets, so that a jump that its container takes for a long packet is damage', () => {
    const whole = packets(steady(100));
    expect(soundExtent(whole)).to.deep.include({ firstSeconds: 0, isDamaged: false });
    const jump = { ...packets([...steady(50), ...steady(50, 7200)]), namedSeconds: 7204 };
    expect(extentOf(jump, 0)?.isDamaged).to.equal(false);
    expect(soundExtent(jump)).to.include({ firstSeconds: 0, isDamaged: true });
    expect(soundExtent(jump)?.endSeconds).to.be.closeTo(4, 1e-6);
    expect(soundExtent(noPackets())).to.equal(undefined);
  });

  it('ends with the file where packets are long and the last one is not', () => {
    const long = packets([0, 1.045, 2.09]);
    const endOf = (endSeconds: number, whole: number) =>
      soundExtent({ ...long, endSeconds }, 0, whole)?.endSeconds;
    expect(endOf(3.134, 3), 'TTA in Matroska').to.equal(3);
    expect(endOf(2.09, 3), 'no length').to.equal(3);
    expect(endOf(3.134, 0), 'nothing is known').to.equal(3.134);
    expect(endOf(3.134, 30), 'that of a longer picture').to.equal(3.134);
    const short = packets(steady(100));
    expect(soundExtent(short, 0, 3.99)?.endSeconds).to.equal(soundExtent(short)?.endSeconds);
  });
});

describe('how much later another stream is due', () => {
  it('is the length of what was joined before it, by how many packets it lies behind', () => {
    const joined = packets([...steady(50, 3), ...steady(75, 2), ...steady(25, 900)]);
    const later = (follows: number, begin: number) =>
      laterBy(joined, { ...noPackets(), follows }, begin, 0.04);
    expect([later(0, 3), later(40, 4.6)]).to.deep.equal([0, 0]);
    expect(later(48, 2)).to.be.closeTo(3, 1e-9);
    expect(later(60, 2.4)).to.be.closeTo(3, 1e-9);
    expect(later(125, 900)).to.be.closeTo(-892, 1e-9);
    expect(later(125, 95_000), 'another clock').to.be.closeTo(-94_992, 1e-9);
    expect(laterBy(noPackets(), noPackets(), 0, 0.04)).to.equal(0);
  });
});

describe('the usual distance', () => {
  it('is that of most, in the order of showing', () => {
    const times = [0, 0.12, 0.04, 0.08, 0.16, 5, 5.04, 7200];
    expect(usualDistance(packets(times))).to.be.closeTo(0.04, 1e-9);
  });

  it('does not mix recordings that were joined, whose clocks overlap', () => {
    const faster = Array.from({ length: 60 }, (_, n) => 0.007 + n / 30);
    expect(usualDistance(packets([...steady(50), ...faster]))).to.be.closeTo(1 / 30, 1e-9);
    expect(usualDistance(packets([...faster, ...steady(90)]))).to.be.closeTo(0.04, 1e-9);
  });

  it('is none of one packet, or of many at one time', () => {
    expect(usualDistance(packets([1]))).to.equal(undefined);
    expect(usualDistance(packets([1, 1, 1]))).to.equal(undefined);
    expect(usualDistance(noPackets())).to.equal(undefined);
  });
});

describe('where decoding can begin', () => {
  it('are key frames, at least half a second apart', () => {
    const all = { ...packets(steady(50)), keys: Float64Array.from({ length: 50 }, (_, n) => n) };
    expect(keySeconds(all)).to.deep.equal([0, 0.52, 1.04, 1.56]);
    expect(keySeconds({ ...all, keys: Float64Array.of(0, 25) })).to.deep.equal([0, 1]);
    expect(keySeconds({ ...all, keys: Float64Array.of() })).to.deep.equal([]);
  });
});

describe('the bytes of packets', () => {
  it('are those of all', () => {
    expect(totalBytes(packets(steady(3)))).to.equal(300);
    expect(totalBytes(noPackets())).to.equal(0);
  });
});
