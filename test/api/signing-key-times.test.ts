import { expect } from 'chai';
import {
  keyTimes,
  leadMs,
  nextSignsFrom,
  publishedSeconds,
  refreshMs,
} from '../../api/access/signing-key-times.ts';
import type { SigningKey } from '../../shared/db/signing-keys.ts';

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const day = 86_400_000;

/** Keys that sign from so many minutes after the start, with tokens of 15 min. */
function keysFrom(...minutes: number[]): SigningKey[] {
  return minutes.map((at, index) => ({
    _id: `k${index + 1}`,
    serial: index + 1,
    x: '',
    y: '',
    sealed: '',
    signsFrom: new Date(start + at * minute),
    tokenSeconds: 900,
    createdAt: new Date(start),
  }));
}

function at(keys: SigningKey[], minutes: number) {
  const { current, signing, verifying, ended } = keyTimes(keys, start + minutes * minute);
  const names = (some: SigningKey[]) => some.map(({ _id }) => _id).join(' ');
  return [current?._id, names(signing), names(verifying), names(ended)].join(' | ');
}

describe('the times of signing keys', () => {
  it('publish the next key before it signs, and keep the last until its tokens have ended', () => {
    const keys = keysFrom(0, 100);
    expect(at(keys, 0)).to.equal('k1 | k1 k2 | k1 k2 | ');
    expect(at(keys, 99.99)).to.equal('k1 | k1 k2 | k1 k2 | ');
    expect(at(keys, 100)).to.equal('k2 | k2 | k1 k2 | ');
    // 15 min for the last token, 5 min for who had not yet heard.
    expect(at(keys, 119.99)).to.equal('k2 | k2 | k1 k2 | ');
    expect(at(keys, 120)).to.equal('k2 | k2 | k2 | k1');
  });

  it('let a key that was added at once take over from one that still waits', () => {
    const keys = keysFrom(0, 100, 50);
    expect(at(keys, 50)).to.equal('k3 | k3 | k1 k2 k3 | ');
    expect(at(keys, 70)).to.equal('k3 | k3 | k3 | k2 k1');
    expect(at(keys, 100)).to.equal('k3 | k3 | k3 | k2 k1');
  });

  it('keep a key longer that signed longer tokens', () => {
    const keys = keysFrom(0, 100).map((key) => (key.serial === 1 ? { ...key, tokenSeconds: 7200 } : key));
    expect(at(keys, 224.99)).to.equal('k2 | k2 | k1 k2 | ');
    expect(at(keys, 225)).to.equal('k2 | k2 | k2 | k1');
  });

  it('let the only key sign even where the clock is behind', () => {
    expect(at(keysFrom(1), 0)).to.equal('k1 | k1 | k1 | ');
    expect(at([], 0)).to.equal(' |  |  | ');
  });

  it('ask for the next key early enough for all to learn of it', () => {
    const [newest] = keysFrom(0);
    if (!newest) throw new Error('no key');
    expect(leadMs).to.be.at.least(refreshMs + publishedSeconds * 1000);
    expect(nextSignsFrom(newest, 30, start + 30 * day - leadMs - 1)).to.equal(undefined);
    expect(nextSignsFrom(newest, 30, start + 30 * day - leadMs)).to.deep.equal(new Date(start + 30 * day));
    const late = start + 90 * day;
    expect(nextSignsFrom(newest, 30, late)).to.deep.equal(new Date(late + leadMs));
  });
});
