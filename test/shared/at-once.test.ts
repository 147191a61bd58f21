import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { atOnce } from '../../shared/at-once.ts';

const { signal } = new AbortController();

describe('atOnce', () => {
  it('does every item, in order, and never more than the limit at once', async () => {
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await atOnce(3, [0, 1, 2, 3, 4, 5, 6], signal, async (item) => {
      begun.push(item);
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      running -= 1;
    });
    expect(begun).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    expect({ running, most }).to.deep.equal({ running: 0, most: 3 });
  });

  it('throws the first error when all that had begun have ended, and begins nothing more', async () => {
    const ended: string[] = [];
    const outcome = await atOnce(2, ['bad', 'slow', 'never'], signal, async (item, either) => {
      if (item === 'bad') throw new Error('bad');
      await new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }));
      await sleep(5);
      ended.push(item);
      throw new Error('later');
    }).catch((error: Error) => error.message);
    expect({ outcome, ended }).to.deep.equal({ outcome: 'bad', ended: ['slow'] });
  });

  it('ends with the reason of the caller’s signal', async () => {
    const stop = new AbortController();
    const running = atOnce(1, [1, 2], stop.signal, (_, either) =>
      sleep(60_000, undefined, { signal: either }).catch(() => {}),
    );
    stop.abort(new Error('enough'));
    expect(await running.catch((error: Error) => error.message)).to.equal('enough');
  });

  it('does nothing for no items', async () => {
    await atOnce(4, [], signal, () => Promise.reject(new Error('called')));
  });
});
