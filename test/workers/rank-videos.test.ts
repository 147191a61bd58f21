import { expect } from 'chai';
import type { HotVideo } from '../../shared/db/trending.ts';
import { poolRegions, rankVideos } from '../../workers/rank-videos.ts';

const none = { likes: 0, comments: 0 };
const rules = { minimumViews: 3, fillTo: 0, most: 500 };

/** So many videos, each less hot than the one before. */
const hot = (name: string, count: number, views = 9): HotVideo[] =>
  Array.from({ length: count }, (_, n) => ({ videoId: `${name}${n + 1}`, heat: 1000 - n, views, ...none }));

/** Whose a video is stands in its name: `a3` is the third of a; videos of z are each somebody else's. */
const ownerOf = (videoId: string) => (videoId.startsWith('z') ? videoId : videoId[0]);
const places = (found: { videoId: string; rank: number }[]) =>
  found.map(({ videoId, rank }) => `${rank} ${videoId}`);

describe('the rules of ranks', () => {
  it('are the order of heat, for what enough have seen and everyone may see', () => {
    const videos = [...hot('z', 3), ...hot('y', 1, 2), ...hot('x', 1, 3)];
    const found = rankVideos(videos, [], (id) => (id === 'z2' ? undefined : ownerOf(id)), rules);
    expect(found).to.deep.equal([
      { videoId: 'z1', rank: 1, basis: 'region', score: 1000, views: 9, ...none },
      { videoId: 'z3', rank: 2, basis: 'region', score: 998, views: 9, ...none },
      { videoId: 'x1', rank: 3, basis: 'region', score: 1000, views: 3, ...none },
    ]);
  });

  it('give one owner three of the first 20 places and put the rest behind them, in order', () => {
    const found = rankVideos([...hot('a', 6), ...hot('z', 25)], [], ownerOf, rules);
    expect(places(found.slice(0, 4))).to.deep.equal(['1 a1', '2 a2', '3 a3', '4 z1']);
    const behind = ['20 z17', '21 a4', '22 a5', '23 a6', '24 z18', '25 z19'];
    expect(places(found.slice(19, 25))).to.deep.equal(behind);
    expect(found.map(({ rank }) => rank)).to.deep.equal(Array.from({ length: 31 }, (_, n) => n + 1));
  });

  it('leave places empty where there are not enough others', () => {
    const found = rankVideos([...hot('a', 5), ...hot('b', 1)], [], ownerOf, rules);
    expect(places(found)).to.deep.equal(['1 a1', '2 a2', '3 a3', '4 b1', '21 a4', '22 a5']);
  });

  it('end at rank 500', () => {
    expect(rankVideos(hot('z', 700), [], ownerOf, rules).at(-1)).to.include({ rank: 500, videoId: 'z500' });
    expect(rankVideos(hot('a', 700), [], ownerOf, rules).at(-1)).to.include({ rank: 500 });
  });

  it('fill a small list from regions of its languages, then from the world, and say so', () => {
    const language = hot('z', 4);
    const world = [...hot('z', 2), ...hot('w', 9, 1), ...hot('v', 9)];
    const sources: Parameters<typeof rankVideos>[1] = [
      ['language', () => language],
      ['world', () => world],
    ];
    const found = rankVideos(hot('z', 2), sources, ownerOf, { ...rules, fillTo: 6 });
    expect(found.map(({ videoId, basis }) => `${videoId} ${basis}`)).to.deep.equal([
      ...['z1 region', 'z2 region', 'z3 language', 'z4 language', 'v1 world', 'v2 world'],
    ]);
    const asked: string[] = [];
    const ask = (basis: 'language' | 'world') => () => {
      asked.push(basis);
      return [];
    };
    const full = rankVideos(
      hot('z', 6),
      [
        ['language', ask('language')],
        ['world', ask('world')],
      ],
      ownerOf,
      { ...rules, fillTo: 6 },
    );
    expect(full).to.have.length(6);
    expect(asked, 'not even computed').to.deep.equal([]);
  });

  it('add the heats of regions up, whatever the half-life of each', () => {
    const one = [
      { videoId: 'p', heat: 5, views: 4, likes: 1, comments: 0 },
      { videoId: 'q', heat: 4, views: 9, ...none },
    ];
    const other = [{ videoId: 'q', heat: 2, views: 1, likes: 0, comments: 2 }];
    expect(poolRegions([one, other])).to.deep.equal([
      { videoId: 'q', heat: 6, views: 10, likes: 0, comments: 2 },
      { videoId: 'p', heat: 5, views: 4, likes: 1, comments: 0 },
    ]);
    expect(one[1]?.heat, 'left as they were').to.equal(4);
  });
});
