import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Rung, SourcePicture } from '../../../shared/contracts/encoding.ts';
import type { ProbedStream } from '../../../workers/media/ffprobe.ts';
import {
  colourFilters,
  colourWarnings,
  deinterlaceFilters,
  matrixFilters,
  scaleChains,
  scaleFilters,
  sourcePicture,
} from '../../../workers/media/picture.ts';
import { insertBox } from '../../support/insert-box.ts';
import { fieldsIn, h264, levels, lookAt, show, smallProfile, useMedia } from '../../support/media.ts';

const plain: SourcePicture = {
  streamIndex: 2,
  isInterlaced: false,
  ignoresMatrix: false,
  hdr: null,
  matrix: null,
};

describe('what must be undone in a picture', () => {
  const of = (facts: Partial<ProbedStream>) =>
    sourcePicture({
      ...{ index: 2, width: 640, height: 360, disposition: {}, tags: {}, side_data_list: [] },
      ...facts,
    });

  it('is nothing for a usual one', () => {
    expect(of({ field_order: 'progressive', color_transfer: 'bt709', color_space: 'bt709' })).to.deep.equal(
      plain,
    );
  });

  it('are its fields, when it is interlaced', () => {
    const interlaced = ['tt', 'bb', 'tb', 'bt', 'progressive', 'unknown', undefined].filter(
      (field_order) => of({ field_order }).isInterlaced,
    );
    expect(interlaced).to.deep.equal(['tt', 'bb', 'tb', 'bt']);
    expect(of({ codec_name: 'dvvideo', field_order: 'unknown' }).isInterlaced).to.equal(true);
    expect(of({ codec_name: 'dvvideo', field_order: 'progressive' }).isInterlaced).to.equal(false);
  });

  it('may be fields of single pictures in a broadcast, however it begins', () => {
    const facts = { index: 0, disposition: {}, tags: {}, side_data_list: [], field_order: 'progressive' };
    const mayInterlace = (codec_name: string, formatName: string) =>
      sourcePicture({ ...facts, codec_name }, formatName).mayInterlace;
    expect(mayInterlace('h264', 'mpegts')).to.equal(true);
    expect(mayInterlace('mpeg2video', 'mpeg')).to.equal(true);
    expect(mayInterlace('h264', 'mov,mp4,m4a,3gp,3g2,mj2')).to.equal(undefined);
    expect(mayInterlace('hevc', 'mpegts')).to.equal(undefined);
    for (const codec of ['mpeg4', 'dnxhd', 'vc1']) expect(mayInterlace(codec, 'mov')).to.equal(true);
    expect(deinterlaceFilters({ ...plain, mayInterlace: true })).to.have.length(2);
    expect(deinterlaceFilters(plain)).to.deep.equal([]);
  });

  it('is its transfer curve, when it is PQ or HLG', () => {
    const curves = ['smpte2084', 'arib-std-b67', 'bt709', 'bt2020-10', undefined];
    expect(curves.map((color_transfer) => of({ color_transfer }).hdr)).to.deep.equal([
      ...['smpte2084', 'arib-std-b67', null, null, null],
    ]);
  });

  it('is its primaries, when they have more colours than BT.709, in SDR', () => {
    const wide = { color_primaries: 'bt2020', color_space: 'bt2020nc' };
    expect(of(wide).gamut).to.equal('bt2020');
    expect(of({ ...wide, color_transfer: 'smpte2084' })).not.to.have.property('gamut');
    expect(of({ ...wide, color_space: 'gbr' })).not.to.have.property('gamut');
    for (const color_primaries of ['bt709', 'smpte170m', 'unknown', undefined]) {
      expect(of({ color_primaries, color_space: 'bt709' }), color_primaries).not.to.have.property('gamut');
    }
  });

  it('is the matrix of high definition, when it names none', () => {
    const high = { width: 1280, height: 720 };
    for (const color_space of [undefined, 'unknown', 'reserved']) {
      expect(of({ ...high, color_space }).matrix, color_space).to.equal('bt709');
      expect(of({ width: 720, height: 1280, color_space }).matrix).to.equal('bt709');
      expect(of({ width: 1280, height: 719, color_space }).matrix).to.equal(null);
    }
    expect(of({ ...high, color_space: 'smpte170m' }).matrix).to.equal(null);
  });

  it('is a matrix that not every ffmpeg scales from', () => {
    const matrixOf = (color_space: string, color_primaries = 'bt709') =>
      of({ color_space, color_primaries }).matrix;
    expect(matrixOf('ycgco')).to.equal('ycgco');
    for (const rare of ['bt2020c', 'smpte2085', 'ictcp']) expect(matrixOf(rare)).to.equal('bt2020nc');
    expect(matrixOf('chroma-derived-nc')).to.equal('bt709');
    expect(matrixOf('chroma-derived-c', 'bt2020')).to.equal('bt2020nc');
  });
});

describe('the filters for a picture', () => {
  const size = { width: 640, height: 360 };

  it('only scale a usual one', () => {
    expect(matrixFilters(plain)).to.deep.equal([]);
    expect(deinterlaceFilters(plain)).to.deep.equal([]);
    expect(colourFilters(plain, size)).to.deep.equal([]);
    expect(scaleFilters(426, 240)).to.deep.equal([
      ...['scale=426:240:out_color_matrix=bt709:out_range=tv', 'setsar=1', 'format=yuv420p'],
      'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709',
    ]);
  });

  it('make whole pictures of fields', () => {
    expect(deinterlaceFilters({ ...plain, isInterlaced: true })).to.deep.equal([
      'scale=interl=-1',
      'bwdif=mode=send_frame:parity=auto:deint=interlaced',
    ]);
  });

  it('read a matrix that is not named as what it is taken for', () => {
    expect(matrixFilters({ ...plain, matrix: 'bt709' })).to.deep.equal(['setparams=colorspace=bt709']);
  });

  it('bring HDR to SDR at the size of the largest rung, after which its matrix is known', () => {
    const hdr = { ...plain, hdr: 'smpte2084', matrix: 'bt709' } as const;
    expect(matrixFilters(hdr)).to.deep.equal([]);
    expect(colourFilters(hdr, size)).to.deep.equal([
      'setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc',
      'zscale=w=640:h=360:t=linear:npl=203',
      'format=gbrpf32le',
      'zscale=p=bt709',
      'tonemap=tonemap=mobius:param=0.3:desat=0:peak=5',
      'zscale=t=bt709:m=bt709:r=tv',
      'format=yuv420p',
    ]);
    expect(scaleFilters(426, 240)[0]).to.equal('scale=426:240:out_color_matrix=bt709:out_range=tv');
  });
});

describe('the filter chains of a ladder', () => {
  const rung = (width: number, height: number): Rung => ({
    ...{ name: `${height}p`, width, height, crf: 20, maxBitrate: 1e6, bufferBits: 1e6 },
  });
  const ends = (rungs: Rung[]) => {
    const { inputs, chains } = scaleChains(rungs);
    return { inputs, chains: chains.map((chain) => chain.replace(/(\]).*?(,split=\d)?\[/, '$1$2[')) };
  };

  it('begin at the source, but where a rung of twice the size is at hand', () => {
    expect(ends([rung(426, 240), rung(640, 360), rung(854, 480), rung(1280, 720)])).to.deep.equal({
      inputs: ['[s2]', '[s3]'],
      chains: ['[s0][v0]', '[s1][v1]', '[s2],split=2[v2][s0]', '[s3],split=2[v3][s1]'],
    });
  });

  it('go by the shorter side', () => {
    expect(ends([rung(240, 426), rung(478, 854)])).to.deep.equal({
      inputs: ['[s0]', '[s1]'],
      chains: ['[s0][v0]', '[s1][v1]'],
    });
  });

  it('may feed several', () => {
    expect(ends([rung(90, 50), rung(90, 60), rung(240, 120)])).to.deep.equal({
      inputs: ['[s2]'],
      chains: ['[s0][v0]', '[s1][v1]', '[s2],split=3[v2][s0][s1]'],
    });
  });

  it('are none without rungs', () => {
    expect(scaleChains([])).to.deep.equal({ inputs: [], chains: [] });
  });
});

describe('a picture, encoded,', () => {
  const media = useMedia();
  const tags = { color_range: 'tv', color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709' };
  const encoded = { ...tags, codec_name: 'h264', pix_fmt: 'yuv420p', field_order: 'progressive' };

  /** Its lowest rung, of one chunk; scaled from the other one. */
  async function encode(source: string): Promise<string> {
    const steps = [40, 90].map((shortSide) => ({ shortSide, maxBitrate: 4_000_000 }));
    const plan = await media.planFor(source, { profile: { ...smallProfile, steps } });
    await media.encode(plan, source);
    return media.path(`0-${plan.rungs[0]?.name}.mp4`);
  }
  async function meanOf(path: string): Promise<number[]> {
    const all = await levels(path);
    return [0, 1, 2].map((plane) => all.reduce((sum, frame) => sum + (frame[plane] ?? 0), 0) / all.length);
  }

  const seconds = 0.4;
  /** One colour all over, in the numbers of the format itself. */
  const flat = (format: string, [y, u, v]: number[], size = '160x90') => [
    ...['-f', 'lavfi', '-i', `nullsrc=size=${size}:rate=25:duration=${seconds},format=${format}`],
    ...['-vf', `geq=lum=${y}:cb=${u}:cr=${v}`],
  ];
  const lossless = (...more: string[]) => ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', ...more];

  const hevc = (transfer: string, range = 'tv', matrix = 'bt2020nc', primaries = 'bt2020') => [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:qp=4'],
    ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix, '-color_range', range],
  ];
  /** A grey: `share` of the signal from black to white. */
  const signal = (share: number) => flat('yuv420p10le', [Math.round(64 + 876 * share), 512, 512]);
  const fullSignal = (format: string) => (share: number) => {
    const value = Math.round(1023 * share);
    return flat(format, format === 'gbrp10le' ? [value, value, value] : [value, 512, 512]);
  };
  // Black, a grey card (26 cd/m2), white of graphics (203 cd/m2), the brightest (1000 cd/m2): BT.2408, table 1.
  const pq = [0, 0.38, 0.58, 0.75];
  const hlg = [0, 0.38, 0.75, 1];

  for (const [name, greyOf, shares, words] of [
    ['PQ', signal, pq, hevc('smpte2084')],
    ['HLG', signal, hlg, hevc('arib-std-b67')],
    ['PQ that names nothing else', signal, pq, hevc('smpte2084', 'unknown', 'unknown', 'unknown')],
    ['HLG of full range', fullSignal('yuv420p10le'), hlg, hevc('arib-std-b67', 'pc')],
    ['PQ in RGB', fullSignal('gbrp10le'), pq, hevc('smpte2084', 'pc', 'rgb', 'unknown')],
    ['PQ in grey alone', fullSignal('gray10le'), pq, hevc('smpte2084', 'pc', 'unknown', 'unknown')],
  ] as const) {
    it(`of ${name} becomes SDR: black stays black, grey is grey, white is bright`, async () => {
      const lumas: number[] = [];
      for (const share of shares) {
        const source = await media.make(`${name}-${share}.mp4`, ...greyOf(share), ...words);
        const path = await encode(source);
        const { stream } = await show(path);
        expect(stream).to.include(encoded);
        const [y = 0, u, v] = await meanOf(path);
        expect(u, 'no tint').to.be.closeTo(128, 2);
        expect(v, 'no tint').to.be.closeTo(128, 2);
        lumas.push(Math.round(y));
      }
      const [black, grey, white, brightest] = lumas;
      const shown = `${lumas}`;
      expect(black, shown).to.be.closeTo(16, 1);
      expect(grey, shown).to.be.within(80, 125);
      expect(white, shown).to.be.within(180, 225);
      expect(brightest, shown).to.be.within(226, 236);
    });
  }

  const full = (format: string, ...more: string[]) => [
    ...flat(format, [255, 128, 128]),
    ...lossless(...more),
  ];
  for (const [name, file, words] of [
    ['that its pixel format names', 'full-j.mp4', full('yuvj420p')],
    ['that its tag names', 'full-tag.mkv', full('yuvj444p', '-color_range', 'pc')],
  ] as const) {
    it(`of full range, ${name}, becomes one of limited range`, async () => {
      const path = await encode(await media.make(file, ...words));
      expect((await meanOf(path))[0]).to.be.closeTo(235, 1);
      expect((await show(path)).stream).to.include(encoded);
    });
  }

  it('of limited range keeps its levels', async () => {
    const source = await media.make('white.mp4', ...flat('yuv420p', [235, 128, 128]), ...lossless());
    expect((await meanOf(await encode(source)))[0]).to.be.closeTo(235, 1);
  });

  it('askew by its matrix is shown as it is', async () => {
    const white = await media.make('askew.mp4', ...flat('yuv420p', [235, 128, 128]), ...lossless());
    const bytes = await readFile(white);
    const turn = [0.5, 0.866, 0, -0.866, 0.5].map((value) => Math.round(value * 65_536));
    const matrix = bytes.indexOf('tkhd') + 4 + 40;
    for (const [n, value] of turn.entries()) bytes.writeInt32BE(value, matrix + 4 * n);
    await writeFile(white, bytes);
    const { rungs } = await media.planFor(white);
    expect(rungs.at(-1)).to.include({ width: 160, height: 90 });
    expect((await meanOf(await encode(white)))[0]).to.be.closeTo(235, 1);
  });

  // Red in each matrix.
  const red601 = [81, 90, 240];
  const red709 = [63, 102, 240];
  const redYcgco = [71, 72, 240];
  const red2020 = [74, 97, 240];
  for (const [name, size, numbers, words] of [
    ['of low definition is BT.601 when it does not say', '160x90', red601, []],
    ['of low definition is what it says', '160x90', red709, ['-colorspace', 'bt709']],
    ['of high definition is BT.709 when it does not say', '1280x720', red709, []],
    ['of high definition is what it says', '1280x720', red601, ['-colorspace', 'smpte170m']],
    ['of YCgCo is what it says', '160x90', redYcgco, ['-colorspace', 'ycgco']],
    [
      'of BT.2020 with constant luminance is near what it says',
      '160x90',
      red2020,
      ['-colorspace', 'bt2020c'],
    ],
  ] as const) {
    it(`${name}: its red stays red`, async () => {
      const source = await media.make('red.mp4', ...flat('yuv420p', numbers, size), ...lossless(...words));
      const path = await encode(source);
      const found = await meanOf(path);
      for (const [plane, value] of red709.entries()) expect(found[plane], `${found}`).to.be.closeTo(value, 3);
      expect((await show(path)).stream).to.include(tags);
    });
  }

  // A dull red, R'G'B' (.8, .3, .3), in the numbers of each, computed by their primaries and a gamma of 2.4.
  const dull = [105, 115, 184];
  for (const [name, numbers, primaries, matrix] of [
    ['BT.2020', [114, 113, 162], 'bt2020', 'bt2020nc'],
    ['Display P3', [108, 116, 174], 'smpte432', 'bt709'],
  ] as [string, number[], string, string][]) {
    it(`of SDR in ${name} keeps its colours, also where its size is odd`, async () => {
      for (const size of ['160x90', '161x91']) {
        const tagged = ['-color_primaries', primaries, '-colorspace', matrix, '-color_trc', 'bt709'];
        const picture = [...flat('yuv444p', numbers, size), ...lossless(...tagged)];
        const path = await encode(await media.make(`${primaries}-${size}.mp4`, ...picture));
        const found = await meanOf(path);
        for (const [plane, value] of dull.entries())
          expect(found[plane], `${size}: ${found}`).to.be.closeTo(value, 2);
        expect((await show(path)).stream).to.include(encoded);
      }
    });
  }

  it('of fields may change its size midway', async () => {
    const words = ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-output_ts_offset'];
    const parts = await Promise.all(
      ['160x96', '96x64'].map((size, n) =>
        media.make(
          `size-${n}.ts`,
          ...flat('yuv420p', [235, 128, 128], size),
          ...words,
          String(5 + n * seconds),
        ),
      ),
    );
    const source = media.path('sizes.ts');
    await writeFile(source, Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))));
    const { frameCount } = await media.planFor(source);
    const path = await encode(source);
    expect((await show(path)).times).to.have.length(frameCount);
    expect((await meanOf(path))[0]).to.be.closeTo(235, 3);
  });

  // A zoom: idet takes the sharp bars of other test pictures for fields.
  const zoom = ['-f', 'lavfi', '-t', '3', '-i', 'mandelbrot=size=160x96:rate=50'];
  const fields = [...zoom, '-vf', 'format=yuv420p,interlace'];
  for (const [name, file, words] of [
    ['H.264 in MP4', 'fields.mp4', [...fields, ...h264(50), '-flags', '+ildct+ilme']],
    ['MPEG-4 in MP4', 'mpeg4.mp4', [...fields, '-c:v', 'mpeg4', '-q:v', '3', '-flags', '+ildct+ilme']],
    [
      'MPEG-2 in a transport stream',
      'fields.ts',
      [...fields, '-c:v', 'mpeg2video', '-q:v', '3', '-flags', '+ildct+ilme', '-bf', '2', '-g', '15'],
    ],
  ] as const) {
    it(`of fields (${name}) becomes one of whole frames, as many a second`, async () => {
      const source = await media.make(file, ...words);
      const before = await fieldsIn(source);
      expect(before.interlaced, 'the clip itself').to.be.at.least(70);
      const plan = await media.planFor(source, {
        // At the height of the source itself, where fields would still be seen.
        profile: { ...smallProfile, steps: [{ shortSide: 96, maxBitrate: 4_000_000 }] },
      });
      expect(plan).to.deep.include({ frameCount: 75, rate: { numerator: 25, denominator: 1 } });
      for (const [chunk, { rungs }] of (await media.encode(plan, source)).entries()) {
        expect(rungs).to.have.length(1);
        const path = media.path(`${chunk}-96p.mp4`);
        const { stream, times } = await show(path);
        expect(stream).to.include(encoded);
        const { startFrame = 0, endFrame = 0 } = plan.chunks[chunk] ?? {};
        expect(times).to.have.length(endFrame - startFrame);
        const { interlaced, progressive } = await fieldsIn(path);
        expect(interlaced).to.be.at.most(5);
        expect(progressive).to.be.at.least(70);
      }
    });
  }
});

describe('colours that cannot be shown', () => {
  const media = useMedia();

  /** HEVC in MP4 that calls itself Dolby Vision, its base compatible with what has this number. */
  async function dolbyVision(profile: number, compatible: number): Promise<string> {
    const hevc = ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-tag:v', 'hvc1'];
    const whole = await media.make('hevc.mp4', '-f', 'lavfi', '-i', 'color=gray:64x64:d=0.2', ...hevc);
    const about = Buffer.alloc(24);
    about.set([1, 0, profile << 1, (1 << 3) | 5, compatible << 4]);
    const path = media.path(`dolby-${profile}.mp4`);
    await writeFile(path, insertBox(await readFile(whole), 'hvc1', 'dvcC', about));
    return path;
  }

  it('are told of, and those that have a base are none', async () => {
    const warned = async (profile: number, compatible: number) =>
      colourWarnings((await lookAt(await dolbyVision(profile, compatible))).video).map(({ code }) => code);
    expect(await warned(5, 0)).to.deep.equal(['colours_wrong']);
    expect(await warned(8, 4)).to.deep.equal([]);
  });
});
