import { expect } from 'chai';
import { scannedPackets } from '../../../workers/media/scanned-packets.ts';

describe('packets that are read line by line', () => {
  it('are all kept, in order, however many', () => {
    const scanned = scannedPackets();
    for (let n = 0; n < 5000; n += 1) {
      scanned.add([
        `${n * 2}.5`,
        n === 3 ? 'N/A' : `${n * 2}`,
        '2',
        `${n}`,
        `${100 * n}`,
        n % 50 ? '___' : 'K__',
      ]);
    }
    const { times, decodes, bytes, keys, ...facts } = scanned.packets();
    expect([...times]).to.deep.equal(Array.from({ length: 5000 }, (_, n) => n * 2 + 0.5));
    expect([...bytes]).to.deep.equal(Array.from({ length: 5000 }, (_, n) => n));
    expect([...keys]).to.deep.equal(Array.from({ length: 100 }, (_, n) => n * 50));
    expect([...decodes.slice(2, 5)]).to.deep.equal([4, Number.NaN, 8]);
    expect(facts).to.include({ namedSeconds: 10_000, endSeconds: 10_000.5, endByte: 504_899 });
  });
});
