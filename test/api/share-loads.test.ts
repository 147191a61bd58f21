import { expect } from 'chai';
import { shareLoads } from '../../api/share-loads.ts';

/** Loads that end when they are told to. */
function controlled() {
  const begun: { end(value: number): void; fail(error: Error): void }[] = [];
  const load = () => new Promise<number>((resolve, reject) => begun.push({ end: resolve, fail: reject }));
  return { begun, load };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('shared loads', () => {
  it('give who comes while one is under way the next one, and all of them the same', async () => {
    const { begun, load } = controlled();
    const share = shareLoads<number>();
    const first = share('a', load);
    const later = [share('a', load), share('a', load), share('a', load)];
    await turn();
    expect(begun).to.have.length(1);
    begun[0]?.end(1);
    expect(await first).to.equal(1);
    await turn();
    expect(begun).to.have.length(2);
    const latest = share('a', load);
    begun[1]?.end(2);
    expect(await Promise.all(later)).to.deep.equal([2, 2, 2]);
    await turn();
    begun[2]?.end(3);
    expect(await latest).to.equal(3);
    await turn();
    share('a', load).catch(() => {});
    expect(begun).to.have.length(4);
  });

  it('go on after one that fails, which fails for those only who shared it', async () => {
    const { begun, load } = controlled();
    const share = shareLoads<number>();
    const said = (one: Promise<number>) => one.catch((error: Error) => error.message);
    const first = said(share('a', load));
    const later = [said(share('a', load)), said(share('a', load))];
    begun[0]?.fail(new Error('no'));
    expect(await first).to.equal('no');
    await turn();
    const latest = share('a', load);
    begun[1]?.fail(new Error('nor this'));
    expect(await Promise.all(later)).to.deep.equal(['nor this', 'nor this']);
    await turn();
    begun[2]?.end(3);
    expect(await latest).to.equal(3);
    await turn();
    const again = share('a', load);
    begun[3]?.end(4);
    expect(await again).to.equal(4);
  });

  it('do not wait for those of another key', async () => {
    const { begun, load } = controlled();
    const share = shareLoads<number>();
    const [a, b] = [share('a', load), share('b', load)];
    expect(begun).to.have.length(2);
    begun[1]?.end(2);
    expect(await b).to.equal(2);
    begun[0]?.end(1);
    expect(await a).to.equal(1);
  });
});
