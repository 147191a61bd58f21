import { expect } from 'chai';
import { newMarkedSecret, newSecretPart, readMarkedSecret } from '../../shared/marked-secret.ts';

describe('a secret with a mark', () => {
  it('is found by its form, and gives its parts back', () => {
    const parts = [newSecretPart(), newSecretPart()];
    const secret = newMarkedSecret('mrr', parts);
    expect(secret).to.match(/^mrr_[0-9A-Za-z]{92}$/);
    expect(readMarkedSecret('mrr', 2, secret)).to.deep.equal(parts);
    expect(newMarkedSecret('mrk', [newSecretPart()])).to.match(/^mrk_[0-9A-Za-z]{49}$/);
  });

  it('has a checksum that others can compute: CRC-32 of what stands before it, in base 62', () => {
    expect(newMarkedSecret('mrk', ['0'.repeat(43)])).to.equal(`mrk_${'0'.repeat(43)}1cBlzP`);
  });

  it('is never the same, and uses all its bits', () => {
    const parts = Array.from({ length: 500 }, newSecretPart);
    expect(new Set(parts).size).to.equal(500);
    for (let at = 1; at < 43; at += 1) {
      expect(new Set(parts.map((part) => part[at])).size, `digit ${at}`).to.be.above(50);
    }
  });

  it('is refused with another mark, another length, or any character changed', () => {
    const secret = newMarkedSecret('mrk', [newSecretPart()]);
    expect(readMarkedSecret('mrr', 1, secret)).to.equal(undefined);
    expect(readMarkedSecret('mrk', 2, secret)).to.equal(undefined);
    for (const wrong of ['', 'mrk_', secret.slice(1), secret.slice(0, -1), `${secret}0`, ` ${secret}`]) {
      expect(readMarkedSecret('mrk', 1, wrong), wrong).to.equal(undefined);
    }
    for (let at = 0; at < secret.length; at += 1) {
      const changed = `${secret.slice(0, at)}${secret[at] === 'a' ? 'b' : 'a'}${secret.slice(at + 1)}`;
      expect(readMarkedSecret('mrk', 1, changed), changed).to.equal(undefined);
    }
  });
});
