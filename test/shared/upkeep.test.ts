import { expect } from 'chai';
import { type Fate, isWanted } from '../../shared/db/upkeep.ts';

describe('what belongs to a video', () => {
  const purgedAt = new Date(0);
  const fate = (about: Partial<Fate>): Fate => ({
    ...{ _id: 'a', state: 'ready', generation: 3, activeGeneration: 3, purgedAt },
    ...about,
  });

  for (const [words, video, generations] of [
    ['that has ended and was not purged yet', fate({ purgedAt: null }), [1, 2, 3, undefined]],
    [
      'that is deleted and was not purged yet',
      fate({ state: 'deleted', purgedAt: null }),
      [1, 2, 3, undefined],
    ],
    ['that is made again', fate({ state: 'encoding', generation: 4, purgedAt: null }), [1, 2, 3, undefined]],
    ['that plays', fate({}), [3, undefined]],
    ['that failed', fate({ state: 'failed', activeGeneration: null }), [undefined]],
    ['that failed to be made again', fate({ state: 'failed', activeGeneration: 2 }), [2, undefined]],
    ['that is deleted', fate({ state: 'deleted', activeGeneration: null }), []],
  ] as [string, Fate, (number | undefined)[]][]) {
    it(`${words}: ${generations.map((one) => (one ? `g${one}` : 'the rest')).join(', ') || 'nothing'} is wanted`, () => {
      expect([1, 2, 3, undefined].filter((one) => isWanted(video, one))).to.deep.equal(generations);
    });
  }
});
