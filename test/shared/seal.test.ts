import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { seal, unseal } from '../../shared/seal.ts';

describe('what is sealed', () => {
  const key = randomBytes(32);
  const text = 'a private key, ü and all';

  it('is read with its key, for what it belongs to, and never looks the same', () => {
    const sealed = seal(key, text, 'one');
    expect(sealed)
      .to.match(/^[\w-]+$/)
      .and.not.include('private');
    expect(unseal(key, sealed, 'one')).to.equal(text);
    expect(seal(key, text, 'one')).not.to.equal(sealed);
    expect(unseal(key, seal(key, '', 'one'), 'one')).to.equal('');
  });

  it('is not read with another key, nor moved to another record', () => {
    const sealed = seal(key, text, 'one');
    expect(unseal(randomBytes(32), sealed, 'one')).to.equal(undefined);
    expect(unseal(key, sealed, 'two')).to.equal(undefined);
  });

  it('is not read when a byte of it was changed or is missing', () => {
    const bytes = Buffer.from(seal(key, text, 'one'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(unseal(key, changed.toString('base64url'), 'one'), `byte ${at}`).to.equal(undefined);
      expect(unseal(key, bytes.subarray(0, at).toString('base64url'), 'one'), `cut at ${at}`).to.equal(
        undefined,
      );
    }
  });
});
