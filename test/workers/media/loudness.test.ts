import { expect } from 'chai';
import { parseLoudness } from '../../../workers/media/loudness.ts';

const summary = (integrated: string, range: string) => `frame=    1 fps=0.0 q=-0.0 size=      24kB
[Parsed_ebur128_3 @ 0x55d0c8] Summary:

  Integrated loudness:
    I:         ${integrated} LUFS
    Threshold: -33.2 LUFS

  Loudness range:
    LRA:         ${range} LU
    Threshold: -43.1 LUFS
    LRA low:   -24.7 LUFS
    LRA high:  -22.1 LUFS
`;

describe('loudness', () => {
  it('is what the filter says at its end', () => {
    expect(parseLoudness(summary('-23.0', '2.6'))).to.deep.equal({ integrated: -23, range: 2.6 });
    expect(parseLoudness(summary('0.4', '12.0'))).to.deep.equal({ integrated: 0.4, range: 12 });
    const twice = summary('-60.0', '9.9') + summary('-14.1', '0.0');
    expect(parseLoudness(twice)).to.deep.equal({ integrated: -14.1, range: 0 });
  });

  it('is none of silence, or when nothing was said', () => {
    expect(parseLoudness(summary('-70.0', '0.0'))).to.equal(null);
    expect(parseLoudness(summary('-inf', '0.0'))).to.equal(null);
    expect(parseLoudness(summary('nan', 'nan'))).to.equal(null);
    expect(parseLoudness('')).to.equal(null);
    expect(parseLoudness('Conversion failed!')).to.equal(null);
  });
});
