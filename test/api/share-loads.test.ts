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
  it('give who comes while two are under way the next one, and all of them the same', async () => {
    const { begun, load } = controlled();
    const share = shareLoads<number>();
    const first = [share('a', load), share('a', load)];
    const later = [share('a', load), share('a', load), share('a', load)];
    await turn();
    expect(begun).to.have.length(2);
    begun[1]?.end(2);
    expect(await first[1]).to.equal(2);
    await turn();
    expect(begun).to.have.length(3);
    const latest = share('a', load);
    begun[2]?.end(3);
    expect(await Promise.all(later)).to.deep.equal([3, 3, 3]);
    await turn();
    begun[3]?.end(4);
    expect(await latest).to.equal(4);
    begun[0]?.end(1);
    expect(await first[0]).to.equal(1);
    await turn();
    share('a', load).catch(() => {});
    expect(begun).to.have.length(5);
  });

  it('go on after one that fails, which fails for those only who shared it', async () => {
    const { begun, load } = controlled();
    const share = shareLoads<number>();
    const first = [share('a', load), share('a', load)].map((one) =>
      one.catch((error: Error) => error.message),
    );
    const third = share('a', load).catch((error: Error) => error.message);
    begun[0]?.fail(new Error('no'));
    expect(await first[0]).to.equal('no');
    await turn();
    begun[2]?.fail(new Error('nor this'));
    begun[1]?.end(2);
    expect([await first[1], await third]).to.deep.equal([2, 'nor this']);
    const again = share('a', load);
    await turn();
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
