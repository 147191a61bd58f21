import { expect } from 'chai';
import {
  type AudioEntry,
  keyFramePlaylist,
  masterPlaylist,
  measureBandwidth,
  mediaPlaylist,
} from '../../../workers/media/playlist.ts';

const variant = (name: string, width: number, height: number, averageBandwidth: number) => ({
  ...{ name, width, height, averageBandwidth, bandwidth: averageBandwidth * 1.5 },
  frameRate: 30_000 / 1001,
  codecs: 'avc1.64001f',
  ...{ keyFrameBandwidth: 90_000, keyFrameAverageBandwidth: 60_000 },
});
const track: AudioEntry = {
  ...{ name: 'audio/en', language: 'en', title: 'Original', isDefault: true, codecs: 'mp4a.40.2' },
  ...{ channels: 2, averageBandwidth: 128_000, bandwidth: 130_000 },
};
const nameOf = (n: number) => `seg-${n}.m4s`;
const segments = [
  {
    ...{ n: 1, bytes: 5000, seconds: 4.004 },
    keyFrames: [
      { offset: 24, bytes: 900, seconds: 2.002 },
      { offset: 2500, bytes: 800, seconds: 2.002 },
    ],
  },
  { n: 2, bytes: 1200, seconds: 1.001, keyFrames: [{ offset: 24, bytes: 700, seconds: 1.001 }] },
];
const options = { segments, targetSeconds: 4, isFinal: true, nameOf };

/** Numbers in [0, 1) that are the same in every run (Lehmer's generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('the master playlist', () => {
  it('begins with the variant nearest to 2 Mbit/s, and lists sound and key frames', () => {
    const variants = [variant('240p', 426, 240, 400_000), variant('720p', 1280, 720, 2_400_000)];
    expect(masterPlaylist(variants, [track])).to.equal(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Original",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/en/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3730000,AVERAGE-BANDWIDTH=2528000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio",CLOSED-CAPTIONS=NONE
720p/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=730000,AVERAGE-BANDWIDTH=528000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio",CLOSED-CAPTIONS=NONE
240p/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=60000,CODECS="avc1.64001f",RESOLUTION=426x240,VIDEO-RANGE=SDR,URI="240p/iframes.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,AVERAGE-BANDWIDTH=60000,CODECS="avc1.64001f",RESOLUTION=1280x720,VIDEO-RANGE=SDR,URI="720p/iframes.m3u8"
`);
  });

  it('lets a player take by itself what differs in more than the name', () => {
    const another = (name: string, facts: Partial<AudioEntry>): AudioEntry => ({
      ...{ ...track, name, title: name, isDefault: false },
      ...facts,
    });
    const tracks = [
      another('commentary', {}),
      track,
      another('described', { describesVideo: true }),
      another('german', { language: 'de' }),
      another('german-commentary', { language: 'de' }),
    ];
    const lines = masterPlaylist([variant('240p', 426, 240, 400_000)], tracks).split('\n');
    const told = lines.flatMap((line) => {
      const found =
        /^#EXT-X-MEDIA:.*NAME="(.*?)".*AUTOSELECT=(\w+)(,CHARACTERISTICS="public.accessibility.(.*?)")?/;
      const [, name, isTaken, , characteristics] = found.exec(line) ?? [];
      return name ? [[name, isTaken, characteristics]] : [];
    });
    expect(told).to.deep.equal([
      ['commentary', 'NO', undefined],
      ['Original', 'YES', undefined],
      ['described', 'YES', 'describes-video'],
      ['german', 'YES', undefined],
      ['german-commentary', 'NO', undefined],
    ]);
  });

  it('lists every variant with each group of sound, and counts the dearest track of the group', () => {
    const variants = [variant('240p', 426, 240, 400_000), variant('720p', 1280, 720, 2_400_000)];
    const german: AudioEntry = {
      ...track,
      name: 'audio/de',
      language: 'de',
      title: 'German',
      isDefault: false,
    };
    const surround: AudioEntry = {
      ...{ ...track, name: 'audio/en-surround', channels: 6 },
      ...{ averageBandwidth: 384_000, bandwidth: 400_000 },
    };
    const lines = masterPlaylist(variants, [track, surround, german]).split('\n');
    expect(lines.filter((line) => line.includes('TYPE=AUDIO'))).to.deep.equal([
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Original",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio/en/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="German",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="audio/de/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="surround",NAME="Original",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="audio/en-surround/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="surround",NAME="German",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="audio/de/index.m3u8"',
    ]);
    const listed = lines.flatMap((line, index) => {
      const found = /^#EXT-X-STREAM-INF:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),.*AUDIO="(\w+)"/.exec(line);
      return found ? [`${lines[index + 1]} ${found[1]} ${found[2]} ${found[3]}`] : [];
    });
    expect(listed).to.deep.equal([
      '720p/index.m3u8 3730000 2528000 audio',
      '240p/index.m3u8 730000 528000 audio',
      '720p/index.m3u8 4000000 2784000 surround',
      '240p/index.m3u8 1000000 784000 surround',
    ]);
    expect(lines.filter((line) => line.startsWith('#EXT-X-I-FRAME-STREAM-INF'))).to.have.length(2);
  });

  it('names no group without tracks', () => {
    const surround: AudioEntry = { ...track, name: 'audio/en-surround', channels: 6 };
    const text = masterPlaylist([variant('240p', 426, 240, 400_000)], [surround]);
    const named = [...text.matchAll(/AUDIO="(\w+)"/g)].map(([, group]) => group);
    const filled = [...text.matchAll(/TYPE=AUDIO,GROUP-ID="(\w+)"/g)].map(([, group]) => group);
    expect(named).to.deep.equal(filled);
    expect(named).to.have.length(1);
  });

  it('of a silent video names no sound', () => {
    const text = masterPlaylist([variant('240p', 426, 240, 400_000)], []);
    expect(text).to.not.match(/AUDIO|mp4a/);
    expect(text).to.include('CODECS="avc1.64001f",RESOLUTION');
  });

  it('keeps a title of a stranger inside its quotes', () => {
    const title = 'a"b\r\n#EXT-X-ENDLIST\nhttp://elsewhere/';
    const lines = masterPlaylist([variant('240p', 426, 240, 400_000)], [{ ...track, title }]).split('\n');
    const media = lines.filter((line) => line.includes('TYPE=AUDIO'));
    expect(media).to.have.length(1);
    expect(media[0]).to.include(',NAME="a b  #EXT-X-ENDLIST http://elsewhere/",LANGUAGE="en"');
    expect(lines.filter((line) => /^(http|#EXT-X-ENDLIST)/.test(line))).to.deep.equal([]);
  });
});

describe('a media playlist', () => {
  it('lists every segment and its end', () => {
    expect(mediaPlaylist(options)).to.equal(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4.004000,
seg-1.m4s
#EXTINF:1.001000,
seg-2.m4s
#EXT-X-ENDLIST
`);
  });

  it('only grows while more may come', () => {
    const growing = mediaPlaylist({ ...options, isFinal: false });
    expect(growing).to.include('#EXT-X-PLAYLIST-TYPE:EVENT\n').and.not.include('ENDLIST');
    const earlier = mediaPlaylist({ ...options, segments: segments.slice(0, 1), isFinal: false });
    expect(growing.startsWith(earlier)).to.equal(true);
  });

  it('of key frames names their bytes and how long each stands', () => {
    expect(keyFramePlaylist(options)).to.equal(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-I-FRAMES-ONLY
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.002000,
#EXT-X-BYTERANGE:900@24
seg-1.m4s
#EXTINF:2.002000,
#EXT-X-BYTERANGE:800@2500
seg-1.m4s
#EXTINF:1.001000,
#EXT-X-BYTERANGE:700@24
seg-2.m4s
#EXT-X-ENDLIST
`);
  });
});

describe('the bandwidth', () => {
  it('of equal segments is their rate', () => {
    const equal = Array.from({ length: 5 }, () => ({ bytes: 750_000, seconds: 6 }));
    expect(measureBandwidth(equal, 6)).to.deep.equal({ average: 1_000_000, peak: 1_000_000 });
  });

  it('has its peak where half to one and a half target durations are heaviest', () => {
    const uneven = [
      { bytes: 600, seconds: 6 },
      { bytes: 1200, seconds: 6 },
      // Too short to count alone.
      { bytes: 1000, seconds: 2 },
    ];
    expect(measureBandwidth(uneven, 6)).to.deep.equal({ average: 1600, peak: 2200 });
  });

  it('of a video shorter than half a target is its average, and of nothing none', () => {
    expect(measureBandwidth([{ bytes: 1000, seconds: 2 }], 6)).to.deep.equal({ average: 4000, peak: 4000 });
    expect(measureBandwidth([], 6)).to.deep.equal({ average: 0, peak: 0 });
  });

  it('is what RFC 8216 says of any segments', () => {
    const random = randomNumbers(3);
    for (let round = 0; round < 300; round += 1) {
      // Halves of a second add up without rounding.
      const some = Array.from({ length: 1 + Math.floor(random() * 40) }, () => ({
        bytes: 1 + Math.floor(random() * 1e6),
        seconds: 0.5 * (1 + Math.floor(random() * 13)),
      }));
      const rates: number[] = [];
      const rateOf = (run: typeof some) => {
        const seconds = run.reduce((sum, one) => sum + one.seconds, 0);
        const rate = Math.ceil((run.reduce((sum, one) => sum + one.bytes, 0) * 8) / seconds);
        return { seconds, rate };
      };
      for (let from = 0; from < some.length; from += 1) {
        for (let to = from + 1; to <= some.length; to += 1) {
          const { seconds, rate } = rateOf(some.slice(from, to));
          if (seconds >= 3 && seconds <= 9) rates.push(rate);
        }
      }
      const average = rateOf(some).rate;
      expect(measureBandwidth(some, 6)).to.deep.equal({ average, peak: Math.max(average, ...rates) });
    }
  });
});
