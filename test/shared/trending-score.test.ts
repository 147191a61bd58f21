import { expect } from 'chai';
import {
  addEvents,
  type Hotness,
  heatAt,
  hotnessOf,
  type WeighedEvents,
  weightOf,
} from '../../shared/trending-score.ts';

const hour = 3600 * 1000;
const start = Date.UTC(2026, 2, 1);
const halfLife = 6;

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Events of some days, in no order; some likes among them that are taken back. */
function someEvents(random: () => number): WeighedEvents[] {
  const count = 1 + Math.floor(random() * 60);
  const given = Array.from({ length: count }, () => ({
    at: start + Math.floor(random() * 240) * hour,
    weight: 0.25 + random() * 1000,
  }));
  const liked = given.filter(() => random() < 0.3).map(({ at }) => ({ at, weight: 4 }));
  const takenBack = liked.map(({ at, weight }) => ({ at, weight: -weight }));
  return [...given, ...liked, ...takenBack]
    .map((event) => ({ event, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

const oneByOne = (events: WeighedEvents[]) =>
  events.reduce<Hotness | undefined>((before, event) => addEvents(before, [event], halfLife), undefined);
const sumOf = (events: WeighedEvents[], now: number) =>
  events.reduce((heat, { weight, at }) => heat + weight * 2 ** ((at - now) / (halfLife * hour)), 0);
const heat = (hotness: Hotness | undefined, at: number, hours = halfLife) =>
  hotness && !hotness.owed ? heatAt(hotness.log, at, hours) : 0;

describe('the trending score', () => {
  it('weighs a view by how much was watched, a like and a comment more', () => {
    const none = { views: 0, watchShare: 0, likes: 0, comments: 0 };
    expect(weightOf({ ...none, views: 4, watchShare: 2 })).to.equal(2.5);
    expect(weightOf({ ...none, views: 1, watchShare: 1 })).to.equal(1);
    expect(weightOf({ ...none, likes: 2, comments: -1 })).to.equal(2);
  });

  it('halves in a half-life, which each region may have its own, and counts new events whole', () => {
    for (const hours of [3, 6, 24]) {
      const before = addEvents(undefined, [{ weight: 8, at: start }], hours);
      const later = start + hours * hour;
      expect(heat(before, start, hours)).to.be.closeTo(8, 1e-9);
      expect(heat(before, later, hours)).to.be.closeTo(4, 1e-9);
      expect(heat(addEvents(before, [{ weight: 3, at: later }], hours), later, hours)).to.be.closeTo(7, 1e-9);
    }
  });

  it('is the decayed sum of all events, in whatever order and in whatever portions they are counted', () => {
    const random = randomNumbers(1);
    for (let round = 0; round < 300; round += 1) {
      const events = someEvents(random);
      const now = start + 240 * hour + random() * 100 * hour;
      const sum = sumOf(events, now);
      const cut = Math.floor(random() * events.length);
      const inPortions = addEvents(oneByOne(events.slice(0, cut)), events.slice(cut), halfLife);
      expect(heat(oneByOne(events), now) / sum).to.be.closeTo(1, 1e-9);
      expect(heat(inPortions, now) / sum).to.be.closeTo(1, 1e-9);
      expect(heat(addEvents(undefined, events, halfLife), now) / sum).to.be.closeTo(1, 1e-9);
    }
  });

  it('stays exact over thousands of small additions', () => {
    const events = Array.from({ length: 20_000 }, (_, n) => ({ weight: 1.37, at: start + (n % 700) * hour }));
    const now = start + 700 * hour;
    expect(heat(oneByOne(events), now) / sumOf(events, now)).to.be.closeTo(1, 1e-9);
  });

  it('orders videos the same at any later time', () => {
    const random = randomNumbers(2);
    for (let round = 0; round < 200; round += 1) {
      const [a, b] = [oneByOne(someEvents(random)), oneByOne(someEvents(random))] as [Hotness, Hotness];
      const [first, second] = a.log > b.log ? [a, b] : [b, a];
      for (const days of [0, 1, 30]) {
        const now = start + (240 + days * 24) * hour;
        expect(heat(first, now)).to.be.greaterThan(heat(second, now));
      }
    }
  });

  it('is gone when all is taken back, and owed when that is heard of first', () => {
    const like = { weight: 4, at: start };
    const back = { weight: -4, at: start };
    const view = { weight: 0.7, at: start + 50 * hour };
    expect(oneByOne([like, back])).to.equal(undefined);
    expect(oneByOne([back])?.owed).to.equal(true);
    expect(oneByOne([back, like])).to.equal(undefined);
    expect(heat(oneByOne([back, view, like]), view.at)).to.be.closeTo(0.7, 1e-9);
    expect(addEvents(undefined, [{ weight: 0, at: start }], halfLife)).to.equal(undefined);
  });

  it('counts new events whole, even of a video that was forgotten for years', () => {
    const old = addEvents(undefined, [{ weight: 1_000_000, at: start }], halfLife);
    const later = start + 10 * 365 * 24 * hour;
    const again = addEvents(old, [{ weight: 1, at: later }], halfLife);
    expect(heat(again, later)).to.be.closeTo(1, 1e-6);
    expect(hotnessOf(1, later, halfLife)).to.be.closeTo(again?.log ?? 0, 1e-9);
  });
});
