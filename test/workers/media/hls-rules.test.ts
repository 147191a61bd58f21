import { expect } from 'chai';
import { checkHls, type HlsRule, hlsRules, type PlaylistFacts } from '../../../workers/media/hls-rules.ts';

/** A presentation that keeps every rule: two rungs, stereo and 5.1, subtitles; 14 s in segments of 2, 6 and 6 s. */
type Made = { texts: Record<string, string>; facts: Record<string, PlaylistFacts> };

const lengths = [2, 6, 6];
const rungBytes: Record<string, number> = { '360p': 100_000, '720p': 240_000 };
const soundBytes: Record<string, number> = { 'audio/en': 16_000, 'audio/en-surround': 48_000 };
const keyFrameBytes: Record<string, number> = { '360p': 8000, '720p': 20_000 };

const media = (...lines: string[]) =>
  [
    ...['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:6', '#EXT-X-MEDIA-SEQUENCE:1'],
    ...['#EXT-X-PLAYLIST-TYPE:VOD', '#EXT-X-INDEPENDENT-SEGMENTS', ...lines, '#EXT-X-ENDLIST', ''],
  ].join('\n');
const map = '#EXT-X-MAP:URI="init.mp4"';
const segments = lengths.flatMap((seconds, n) => [`#EXTINF:${seconds}.000000,`, `seg-${n + 1}.m4s?sign=a`]);
const keyFrames = (rung: string) =>
  lengths.flatMap((seconds, n) =>
    Array.from({ length: seconds / 2 }, (_, group) => [
      '#EXTINF:2.000000,',
      `#EXT-X-BYTERANGE:${keyFrameBytes[rung]}@${24 + group * 2 * (rungBytes[rung] ?? 0)}`,
      `seg-${n + 1}.m4s?sign=b`,
    ]).flat(),
  );

/** bytes a second, in fragments of 2 s. */
const factsOf = (bytes: number, codec: string, shown = 0): PlaylistFacts => ({
  codecs: [codec],
  segments: lengths.map((seconds, n) => {
    const start = lengths.slice(0, n).reduce((sum, length) => sum + length, 0);
    return {
      bytes: bytes * seconds,
      times: { start, seconds, shown: start + shown },
      beginsWithKeyFrame: true,
      moofs: Array.from({ length: seconds / 2 }, (_, group) => 24 + group * 2 * bytes),
    };
  }),
});

const track = (group: string, channels: number, folder: string) =>
  `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${group}",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${channels}",URI="${folder}/index.m3u8"`;
const variant = (rung: string, size: string, group: string, bytes: number) =>
  [
    `#EXT-X-STREAM-INF:BANDWIDTH=${bytes * 8},AVERAGE-BANDWIDTH=${bytes * 8},CODECS="avc1.64001f,mp4a.40.2"`,
    `RESOLUTION=${size},FRAME-RATE=25.000,VIDEO-RANGE=SDR,AUDIO="${group}",SUBTITLES="captions",CLOSED-CAPTIONS=NONE\n${rung}/index.m3u8`,
  ].join(',');
const scrubbing = (rung: string, size: string) =>
  `#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=${(keyFrameBytes[rung] ?? 0) * 4},AVERAGE-BANDWIDTH=${(keyFrameBytes[rung] ?? 0) * 4},CODECS="avc1.64001f",RESOLUTION=${size},URI="${rung}/iframes.m3u8"`;

const master = [
  ...['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'],
  track('audio', 2, 'audio/en'),
  track('surround', 6, 'audio/en-surround'),
  '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="captions/en/index.m3u8"',
  variant('720p', '1280x720', 'audio', 256_000),
  variant('720p', '1280x720', 'surround', 288_000),
  variant('360p', '640x360', 'audio', 116_000),
  variant('360p', '640x360', 'surround', 148_000),
  scrubbing('360p', '640x360'),
  scrubbing('720p', '1280x720'),
  '',
].join('\n');

function make(): Made {
  const captions = media('#EXTINF:14,', 'all.vtt').replace('DURATION:6', 'DURATION:14');
  const texts: Made['texts'] = { master, 'captions/en/index': captions };
  const facts: Made['facts'] = {};
  for (const [rung, bytes] of Object.entries(rungBytes)) {
    texts[`${rung}/index`] = media(map, ...segments);
    texts[`${rung}/iframes`] = media('#EXT-X-I-FRAMES-ONLY', map, ...keyFrames(rung));
    facts[`${rung}/index`] = factsOf(bytes, 'avc1.64001f');
  }
  for (const [name, bytes] of Object.entries(soundBytes)) {
    texts[`${name}/index`] = media(map, ...segments);
    facts[`${name}/index`] = factsOf(bytes, 'mp4a.40.2', -0.021);
  }
  return { texts, facts };
}

const urlOf = (name: string) => `https://cdn.example/v/${name}.m3u8`;

function check({ texts, facts }: Made) {
  const { master: text = '', ...others } = texts;
  return checkHls({
    master: { url: urlOf('master'), text },
    playlists: Object.entries(others).map(([name, words]) => {
      const known = facts[name];
      return { url: urlOf(name), text: words, ...(known ? { facts: known } : {}) };
    }),
  });
}

/** Replaces the first (or with a `g` pattern every) match, which must be there. */
function edit(name: string, from: string | RegExp, to: string) {
  return (made: Made) => {
    const before = made.texts[name] ?? '';
    const after = before.replace(from, to);
    if (after === before) throw new Error(`Nothing to replace in ${name}.`);
    made.texts[name] = after;
  };
}
function each(names: string[], from: string | RegExp, to: string) {
  return both(...names.map((name) => edit(name, from, to)));
}
function measure(name: string, n: number, change: object) {
  return (made: Made) => Object.assign(made.facts[name]?.segments[n] ?? {}, change);
}
const both =
  (...damages: ((made: Made) => unknown)[]) =>
  (made: Made) => {
    for (const damage of damages) damage(made);
  };
const pictures = ['360p/index', '720p/index'];
const all = [...pictures, '360p/iframes', '720p/iframes', 'audio/en/index', 'audio/en-surround/index'];
const noEnd = each([...all, 'captions/en/index'], '#EXT-X-ENDLIST\n', '');
const event = each([...all, 'captions/en/index'], 'TYPE:VOD', 'TYPE:EVENT');

type Damage = {
  breaks: HlsRule;
  why: string;
  by: (made: Made) => unknown;
  where?: string;
  /** Other rules that cannot be kept then. */
  also?: HlsRule[];
};

const damages: Damage[] = [
  { breaks: 'header', why: 'a line before #EXTM3U', by: edit('360p/index', '#EXTM3U', '\n#EXTM3U') },
  { breaks: 'header', why: 'segments in the master', by: edit('master', /$/, '#EXTINF:6,\na.m4s\n') },
  {
    breaks: 'attributes',
    why: 'a name without quotes',
    by: edit('master', 'NAME="English"', 'NAME=English'),
    where: 'master.m3u8:4',
  },
  {
    breaks: 'attributes',
    why: 'a rate in words',
    by: edit('master', '=2048000', '=lots'),
    also: ['average-measured'],
  },
  {
    breaks: 'attributes',
    why: 'an open quote',
    by: edit('720p/index', 'init.mp4"', 'init.mp4'),
    also: ['map'],
  },
  {
    breaks: 'duplicate-attribute',
    why: 'FRAME-RATE twice',
    by: edit('master', ',FRAME-RATE', ',FRAME-RATE=25.000,FRAME-RATE'),
  },
  {
    breaks: 'duplicate-tag',
    why: 'two target durations',
    by: edit('360p/index', '#EXT-X-MAP', '#EXT-X-TARGETDURATION:6\n#EXT-X-MAP'),
  },
  {
    breaks: 'addresses',
    why: 'a broken range',
    by: edit('360p/iframes', '@24', '@x'),
    also: ['average-measured'],
  },
  {
    breaks: 'addresses',
    why: 'a variant without an address',
    by: edit('master', '\n360p/index.m3u8', ''),
    also: ['variant-unique'],
  },
  {
    breaks: 'addresses',
    why: 'a segment without an address',
    by: edit('audio/en/index', 'seg-3.m4s?sign=a\n', ''),
    also: ['same-span'],
  },
  { breaks: 'version', why: 'a map at version 3', by: edit('360p/index', 'VERSION:7', 'VERSION:3') },
  {
    breaks: 'version',
    why: 'no version',
    by: edit('captions/en/index', '#EXT-X-VERSION:7', '#EXTINF:1.5,\na.vtt'),
  },
  {
    breaks: 'version',
    why: 'variables at version 7',
    by: edit('master', '#EXT-X-INDEP', '#EXT-X-DEFINE:NAME="a",VALUE="b"\n#EXT-X-INDEP'),
  },

  { breaks: 'variant-bandwidth', why: 'none', by: edit('master', 'BANDWIDTH=2048000,', '') },
  {
    breaks: 'variant-average-bandwidth',
    why: 'none',
    by: edit('master', ',AVERAGE-BANDWIDTH=2048000', ''),
    where: 'master.m3u8:7',
  },
  { breaks: 'variant-codecs', why: 'none', by: edit('master', 'CODECS="avc1.64001f,mp4a.40.2",', '') },
  { breaks: 'variant-resolution', why: 'none', by: edit('master', 'RESOLUTION=1280x720,', '') },
  { breaks: 'variant-frame-rate', why: 'none', by: edit('master', 'FRAME-RATE=25.000,', '') },
  {
    breaks: 'variant-video-range',
    why: 'missing beside HDR',
    by: both(edit('master', 'RANGE=SDR', 'RANGE=PQ'), edit('master', 'VIDEO-RANGE=SDR,', '')),
  },
  {
    breaks: 'variant-unique',
    why: 'both lines of a rung with one audio group',
    by: edit('master', /(360x.*|640x360.*)AUDIO="surround"/, '$1AUDIO="audio"'),
    also: ['average-measured', 'peak-overstated'],
  },
  {
    breaks: 'start-variant',
    why: 'the lowest first',
    by: edit(
      'master',
      /(#EXT-X-STREAM-INF.*\n.*\n)(#EXT-X-STREAM-INF.*\n.*\n)(#EXT-X-STREAM-INF.*\n.*\n)/,
      '$3$2$1',
    ),
  },
  {
    breaks: 'peak-to-average',
    why: 'a peak of 300 %',
    by: edit('master', 'BANDWIDTH=2048000', 'BANDWIDTH=6144000'),
    also: ['peak-overstated'],
  },
  {
    breaks: 'ladder-order',
    why: 'a small picture with the higher rate',
    by: both(edit('master', /928000/g, '2100000'), (made) => delete made.facts['360p/index']),
    also: ['start-variant'],
  },
  {
    breaks: 'aspect-ratio',
    why: 'a square rung',
    by: edit('master', /RESOLUTION=640x360/g, 'RESOLUTION=360x360'),
  },
  {
    breaks: 'independent-segments',
    why: 'neither in the master nor in all pictures',
    by: each(['master', '720p/index'], '#EXT-X-INDEPENDENT-SEGMENTS\n', ''),
  },

  { breaks: 'key-frame-playlists', why: 'none', by: edit('master', /#EXT-X-I-FRAME.*\n/g, '') },
  {
    breaks: 'key-frame-attributes',
    why: 'no size',
    by: edit('master', 'CODECS="avc1.64001f",RESOLUTION=640x360,', 'CODECS="avc1.64001f",'),
  },
  { breaks: 'key-frames-only', why: 'missing', by: edit('360p/iframes', '#EXT-X-I-FRAMES-ONLY\n', '') },
  {
    breaks: 'key-frames-only',
    why: 'in a whole playlist',
    by: edit('360p/index', '#EXT-X-MAP', '#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP'),
  },
  {
    breaks: 'key-frame-range',
    why: 'past the end of its segment',
    by: edit('360p/iframes', '8000@400024', '8000@599000'),
    where: '360p/iframes.m3u8:20',
  },
  { breaks: 'key-frame-moof', why: 'beside the box', by: edit('360p/iframes', '8000@24', '8000@25') },
  {
    breaks: 'key-frame-span',
    why: 'the last key frame is missing',
    by: edit('360p/iframes', /#EXTINF.*\n.*\n.*\n(?=#EXT-X-ENDLIST)/, ''),
  },

  {
    breaks: 'media-attributes',
    why: 'no name',
    by: edit('master', 'NAME="English",', ''),
    also: ['group-members'],
  },
  {
    breaks: 'media-attributes',
    why: 'subtitles without an address',
    by: edit('master', ',URI="captions/en/index.m3u8"', ''),
  },
  { breaks: 'media-language', why: 'none', by: edit('master', 'LANGUAGE="en",DEFAULT=NO', 'DEFAULT=NO') },
  {
    breaks: 'media-name',
    why: 'one name for two tracks',
    by: (made) => {
      for (const group of ['audio', 'surround']) {
        const line = track(group, 2, 'audio/en').replace(
          'LANGUAGE="en",DEFAULT=YES',
          'LANGUAGE="fr",DEFAULT=NO',
        );
        edit('master', '#EXT-X-MEDIA:TYPE=SUB', `${line}\n#EXT-X-MEDIA:TYPE=SUB`)(made);
      }
    },
  },
  {
    breaks: 'media-default',
    why: 'AUTOSELECT denies it',
    by: edit('master', 'DEFAULT=YES,AUTOSELECT=YES', 'DEFAULT=YES,AUTOSELECT=NO'),
  },
  {
    breaks: 'media-default',
    why: 'two defaults',
    by: (made) => {
      for (const group of ['audio', 'surround']) {
        const line = track(group, 2, 'audio/en').replace('English', 'French').replace('"en"', '"fr"');
        edit('master', '#EXT-X-MEDIA:TYPE=SUB', `${line}\n#EXT-X-MEDIA:TYPE=SUB`)(made);
      }
    },
  },
  { breaks: 'audio-default', why: 'none', by: edit('master', 'DEFAULT=YES', 'DEFAULT=NO') },
  {
    breaks: 'autoselect-distinct',
    why: 'two tracks of one language',
    by: (made) => {
      for (const group of ['audio', 'surround']) {
        const line = track(group, 2, 'audio/en').replace('English', 'Comments').replace('=YES', '=NO');
        edit('master', '#EXT-X-MEDIA:TYPE=SUB', `${line}\n#EXT-X-MEDIA:TYPE=SUB`)(made);
      }
    },
  },
  {
    breaks: 'group-exists',
    why: 'another name',
    by: edit('master', 'SUBTITLES="captions"', 'SUBTITLES="text"'),
    where: 'master.m3u8:7',
  },
  {
    breaks: 'group-members',
    why: 'a language in the stereo group alone',
    by: edit(
      'master',
      '#EXT-X-MEDIA:TYPE=SUB',
      `${track('audio', 2, 'audio/en').replace('English', 'French').replace('"en"', '"fr"').replace('=YES', '=NO')}\n#EXT-X-MEDIA:TYPE=SUB`,
    ),
  },
  { breaks: 'closed-captions', why: 'NONE for some', by: edit('master', ',CLOSED-CAPTIONS=NONE', '') },
  { breaks: 'playlist-present', why: 'one is gone', by: (made) => delete made.texts['audio/en/index'] },

  {
    breaks: 'extinf',
    why: 'no number',
    by: each(pictures, '#EXTINF:2.000000', '#EXTINF:two'),
    also: ['average-measured', 'extinf-measured', 'key-frame-span', 'peak-measured'],
  },
  {
    breaks: 'not-empty',
    why: 'no segment',
    by: edit('captions/en/index', /#EXTINF.*\n.*\n/, ''),
    also: ['same-span'],
  },
  {
    breaks: 'target-duration',
    why: 'less than a segment',
    by: each(all, 'DURATION:6', 'DURATION:5'),
    also: ['segment-length', 'six-seconds'],
  },
  {
    breaks: 'segment-length',
    why: 'a segment that really is longer',
    by: measure('360p/index', 2, { times: { start: 8, seconds: 6.8, shown: 8 } }),
    also: ['extinf-measured'],
  },
  {
    breaks: 'same-target',
    why: 'sound with its own',
    by: edit('audio/en/index', 'DURATION:6', 'DURATION:7'),
    also: ['six-seconds'],
  },
  { breaks: 'six-seconds', why: 'a target of 8 s', by: each(all, 'DURATION:6', 'DURATION:8') },
  {
    breaks: 'playlist-type',
    why: 'none, though it ends',
    by: edit('360p/index', '#EXT-X-PLAYLIST-TYPE:VOD\n', ''),
  },
  { breaks: 'playlist-type', why: 'two types', by: edit('720p/iframes', 'TYPE:VOD', 'TYPE:EVENT') },
  { breaks: 'endlist', why: 'a VOD without', by: edit('720p/index', '#EXT-X-ENDLIST\n', '') },
  { breaks: 'map', why: 'none', by: edit('audio/en/index', `${map}\n`, '') },
  {
    breaks: 'same-boundaries',
    why: 'a cut that is a frame late',
    by: both(
      edit('720p/index', '#EXTINF:2.000000', '#EXTINF:2.040000'),
      edit('720p/index', '#EXTINF:6.000000', '#EXTINF:5.960000'),
    ),
    where: '360p/index.m3u8:9',
    also: ['peak-measured'],
  },
  {
    breaks: 'same-boundaries',
    why: 'one segment fewer',
    by: both(edit('720p/index', /#EXTINF.*\n.*\n(?=#EXT-X-ENDLIST)/, ''), (made) =>
      made.facts['720p/index']?.segments.pop(),
    ),
    also: ['key-frame-span', 'average-measured'],
  },
  {
    breaks: 'same-span',
    why: 'sound that ends too early',
    by: edit('audio/en/index', /(#EXTINF.*\n.*\n){2}(?=#EXT-X-ENDLIST)/, ''),
  },
  {
    breaks: 'same-discontinuities',
    why: 'one in the picture alone',
    by: edit('360p/index', '#EXTINF:6', '#EXT-X-DISCONTINUITY\n#EXTINF:6'),
  },

  {
    breaks: 'segment-bytes',
    why: 'an empty segment',
    by: measure('audio/en/index', 0, { bytes: 0 }),
  },
  {
    breaks: 'segment-bytes',
    why: 'a range past the end of its file',
    by: edit('audio/en/index', 'seg-1.', '#EXT-X-BYTERANGE:40000@0\nseg-1.'),
  },
  {
    breaks: 'average-measured',
    why: 'a fifth too low',
    by: both(edit('master', 'AVERAGE-BANDWIDTH=2048000', 'AVERAGE-BANDWIDTH=1638400')),
  },
  {
    breaks: 'peak-measured',
    why: 'a heavy segment',
    by: measure('720p/index', 1, { bytes: 1_500_000 }),
    where: 'master.m3u8:7',
  },
  {
    breaks: 'peak-overstated',
    why: 'a fifth too high',
    by: edit('master', ':BANDWIDTH=2048000', ':BANDWIDTH=2457600'),
  },
  {
    breaks: 'codecs-measured',
    why: 'another level',
    by: (made) => Object.assign(made.facts['360p/index'] ?? {}, { codecs: ['avc1.640028'] }),
  },
  { breaks: 'codecs-measured', why: 'sound that is not named', by: edit('master', ',mp4a.40.2', '') },
  { breaks: 'key-frame-first', why: 'none', by: measure('720p/index', 1, { beginsWithKeyFrame: false }) },
  {
    breaks: 'decode-times',
    why: 'a gap of 40 ms',
    by: both(measure('720p/index', 1, { times: { start: 2.04, seconds: 5.96, shown: 2.04 } })),
    where: '720p/index.m3u8:11',
  },
  {
    breaks: 'extinf-measured',
    why: 'EXTINF in whole seconds for segments that are not',
    by: measure('audio/en/index', 2, { times: { start: 8, seconds: 5.9, shown: 8 } }),
  },
  {
    breaks: 'same-start',
    why: 'a picture that comes two frames after the sound',
    by: measure('360p/index', 0, { times: { start: 0, seconds: 2, shown: 0.08 } }),
  },
];

describe('the HLS rules', () => {
  it('are kept by playlists that are as they should be, known by text alone or by their bytes', () => {
    expect(check(make())).to.deep.equal([]);
    expect(check({ ...make(), facts: {} })).to.deep.equal([]);
  });

  it('are each broken by one of the damages below', () => {
    const broken = new Set(damages.map(({ breaks }) => breaks));
    expect(Object.keys(hlsRules).filter((rule) => !broken.has(rule as HlsRule))).to.deep.equal([]);
  });

  for (const { breaks, why, by, where, also = [] } of damages) {
    it(`notice ${breaks}: ${why}`, () => {
      const made = make();
      by(made);
      const violations = check(made);
      const found = violations.filter(({ rule }) => rule === breaks);
      expect(found, JSON.stringify(violations)).to.not.be.empty;
      expect(found[0]?.severity).to.equal(hlsRules[breaks][0]);
      expect(found[0]?.message).to.match(/^\S.*[.]$/);
      if (where) expect(found[0]?.where).to.equal(where);
      const others = violations
        .map(({ rule }) => rule)
        .filter((rule) => rule !== breaks && !also.includes(rule));
      expect(others, JSON.stringify(violations)).to.deep.equal([]);
    });
  }

  it('allow playlists that grow, in which one rung is ahead, and whose rates are not final', () => {
    const made = make();
    both(event, noEnd)(made);
    edit('captions/en/index', 'DURATION:14', 'DURATION:6')(made);
    edit('captions/en/index', '#EXTINF:14', '#EXTINF:6')(made);
    edit('720p/index', /#EXTINF.*\n.*\n$/, '')(made);
    edit('360p/iframes', /#EXTINF.*\n.*\n.*\n$/, '')(made);
    edit('master', /AVERAGE-BANDWIDTH=\d+/g, 'AVERAGE-BANDWIDTH=900000')(made);
    expect(check(made)).to.deep.equal([]);
  });

  it('hold playlists that grow to the cuts that they share', () => {
    const made = make();
    both(event, noEnd)(made);
    edit('720p/index', '#EXTINF:2.000000', '#EXTINF:2.080000')(made);
    expect(check(made).map(({ rule }) => rule)).to.include('same-boundaries');
  });

  it('take cuts that differ by rounding for the same', () => {
    const made = { ...make(), facts: {} };
    edit('720p/index', '#EXTINF:2.000000', '#EXTINF:2.015000')(made);
    edit('720p/index', '#EXTINF:6.000000', '#EXTINF:5.985000')(made);
    expect(check(made)).to.deep.equal([]);
  });

  it('know a file in byte ranges, which go on where the last one ended', () => {
    const made = make();
    made.facts = {};
    for (const rung of ['360p', '720p']) {
      const bytes = rungBytes[rung] ?? 0;
      const ranges = lengths.flatMap((seconds, n) => [
        ...[
          `#EXTINF:${seconds}.000,`,
          `#EXT-X-BYTERANGE:${bytes * seconds}${n === 0 ? '@1000' : ''}`,
          'main.mp4',
        ],
      ]);
      made.texts[`${rung}/index`] = media('#EXT-X-MAP:URI="main.mp4",BYTERANGE="1000@0"', ...ranges);
      made.texts[`${rung}/iframes`] = media(
        ...['#EXT-X-I-FRAMES-ONLY', '#EXT-X-MAP:URI="main.mp4",BYTERANGE="1000@0"'],
        ...['#EXTINF:14,', `#EXT-X-BYTERANGE:${(keyFrameBytes[rung] ?? 0) * 7}@1024`, 'main.mp4'],
      ).replace('DURATION:6', 'DURATION:14');
    }
    expect(check(made)).to.deep.equal([]);
    edit('720p/iframes', '@1024', '@500')(made);
    expect(check(made).map(({ rule }) => rule)).to.deep.equal(['key-frame-range']);
  });

  it('leave streams that never end, and say nothing of their rates', () => {
    const made = make();
    noEnd(made);
    each([...all, 'captions/en/index'], '#EXT-X-PLAYLIST-TYPE:VOD\n', '')(made);
    edit('captions/en/index', 'DURATION:14', 'DURATION:6')(made);
    edit('captions/en/index', '#EXTINF:14', '#EXTINF:6')(made);
    expect(check(made)).to.deep.equal([]);
  });
});
