import { expect } from 'chai';
import { addViews, halfLifeMilliseconds, heatAt } from '../../shared/trending-score.ts';

const hour = 3600 * 1000;
const start = Date.UTC(2026, 2, 1);

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

type Views = { at: number; views: number };

/** Views over some days, in the order of time. */
function someViews(random: () => number): Views[] {
  const count = 1 + Math.floor(random() * 30);
  return Array.from({ length: count }, () => ({
    at: start + random() * 240 * hour,
    views: 1 + Math.floor(random() * 1000),
  })).sort((a, b) => a.at - b.at);
}

const hotnessOf = (all: Views[]) =>
  all.reduce<number | undefined>((before, { at, views }) => addViews(before, views, at), undefined) ??
  Number.NaN;

describe('the trending score', () => {
  it('halves in a half-life and counts new views whole', () => {
    const hotness = addViews(undefined, 8, start);
    expect(heatAt(hotness, start)).to.be.closeTo(8, 1e-9);
    expect(heatAt(hotness, start + halfLifeMilliseconds)).to.be.closeTo(4, 1e-9);
    expect(
      heatAt(addViews(hotness, 3, start + halfLifeMilliseconds), start + halfLifeMilliseconds),
    ).to.be.closeTo(7, 1e-9);
  });

  it('is the decayed sum of all views, whatever they are', () => {
    const random = randomNumbers(1);
    for (let round = 0; round < 200; round += 1) {
      const views = someViews(random);
      const now = start + 240 * hour + random() * 100 * hour;
      const sum = views.reduce(
        (heat, one) => heat + one.views * 2 ** ((one.at - now) / halfLifeMilliseconds),
        0,
      );
      expect(heatAt(hotnessOf(views), now) / sum).to.be.closeTo(1, 1e-9);
    }
  });

  it('orders videos the same at any later time', () => {
    const random = randomNumbers(2);
    for (let round = 0; round < 200; round += 1) {
      const [a, b] = [hotnessOf(someViews(random)), hotnessOf(someViews(random))];
      const [first, second] = a > b ? [a, b] : [b, a];
      for (const days of [0, 1, 30]) {
        const now = start + (240 + days * 24) * hour;
        expect(heatAt(first, now)).to.be.greaterThan(heatAt(second, now));
      }
    }
  });

  it('grows with every view, even of a video that was forgotten for years', () => {
    const old = addViews(undefined, 1_000_000, start);
    const later = start + 10 * 365 * 24 * hour;
    expect(addViews(old, 1, later)).to.be.greaterThan(old);
    expect(heatAt(addViews(old, 1, later), later)).to.be.closeTo(1, 1e-6);
  });
});
