import { expect } from 'chai';
import { captionLanguage } from '../../shared/contracts/captions.ts';
import { captionPlaylist, withCaptions } from '../../shared/hls-captions.ts';

const master = [
  '#EXTM3U',
  '#EXT-X-VERSION:7',
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Original",URI="audio/en/index.m3u8"',
  '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="audio",CLOSED-CAPTIONS=NONE',
  '360p/index.m3u8',
  '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="audio",CLOSED-CAPTIONS=NONE',
  '720p/index.m3u8',
  '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="360p/iframes.m3u8"',
  '',
].join('\n');
const track = (language: string, title = '', isDefault = false) => ({ language, title, isDefault });
const namesIn = (text: string) => [...text.matchAll(/SUBTITLES,.*NAME="([^"]*)"/g)].map(([, name]) => name);

describe('captions in HLS', () => {
  it('leave a master playlist as it is when there are none', () => {
    expect(withCaptions(master, [])).to.equal(master);
  });

  it('stand before the variants, and every variant names them', () => {
    const tracks = [track('en', 'English', true), track('pt-BR')];
    expect(withCaptions(master, tracks).split('\n')).to.deep.equal([
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Original",URI="audio/en/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="captions/en/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="português (Brasil)",LANGUAGE="pt-BR",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions/pt-BR/index.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="audio",CLOSED-CAPTIONS=NONE,SUBTITLES="subs"',
      '360p/index.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="audio",CLOSED-CAPTIONS=NONE,SUBTITLES="subs"',
      '720p/index.m3u8',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="360p/iframes.m3u8"',
      '',
    ]);
  });

  it('have one default at most', () => {
    const text = withCaptions(master, [track('de'), track('en', '', true), track('fr', '', true)]);
    expect(text.match(/DEFAULT=YES/g)).to.have.length(1);
    expect(text).to.match(/LANGUAGE="en",DEFAULT=YES/);
  });

  it('have names that differ, and that end no quoted string', () => {
    const tracks = [
      track('de', 'A "b"\r\n#EXT-X'),
      track('en', 'Same'),
      track('fr', 'Same'),
      track('und'),
      track('nl', ' '),
    ];
    expect(namesIn(withCaptions(master, tracks))).to.deep.equal([
      ...['A  b   #EXT-X', 'Same', 'Same 2', 'Captions', 'Nederlands'],
    ]);
  });

  it('are one segment as long as the video', () => {
    expect(captionPlaylist(61.2, 'https://store.example/en.vtt?sig=1').split('\n')).to.deep.equal([
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-TARGETDURATION:62',
      '#EXT-X-MEDIA-SEQUENCE:1',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXTINF:61.200000,',
      'https://store.example/en.vtt?sig=1',
      '#EXT-X-ENDLIST',
      '',
    ]);
    expect(captionPlaylist(0.04, 'a')).to.include('TARGETDURATION:1\n');
  });

  it('have languages in the one spelling of BCP 47', () => {
    const spelled = (tag: string) => captionLanguage.safeParse(tag).data;
    for (const [given, expected] of [
      ['en', 'en'],
      ['ENG', 'en'],
      ['ger', 'de'],
      ['deu', 'de'],
      ['fil', 'fil'],
      ['pt-br', 'pt-BR'],
      ['zh-hans', 'zh-Hans'],
      ['zh-hant-tw', 'zh-Hant-TW'],
      ['und', 'und'],
    ] as const) {
      expect(spelled(given), given).to.equal(expected);
    }
    for (const bad of [
      '',
      'e',
      'english',
      'en_US',
      'en-',
      '-en',
      'en--us',
      'en-us-us',
      'a/b',
      '../en',
      'en.vtt',
      'é',
      'en-a',
    ]) {
      expect(spelled(bad), bad).to.equal(undefined);
    }
  });
});
