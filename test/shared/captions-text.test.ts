import { expect } from 'chai';
import {
  type CaptionsFormat,
  type Cue,
  checkCues,
  fitCues,
  mostCaptionBytes,
  parseCaptions,
  writeCaptions,
} from '../../shared/captions-text.ts';
import { MillraceError } from '../../shared/errors.ts';

const read = (text: string | Buffer, format?: CaptionsFormat) =>
  checkCues(parseCaptions(Buffer.from(text), format));
const texts = (cues: Cue[]) => cues.map(({ text }) => text);
const times = (cues: Cue[]) => cues.map(({ start, end }) => [start, end]);

/** The sentence of the refusal. Fails when there is none. */
function refused(text: string | Buffer, format?: CaptionsFormat): string {
  try {
    read(text, format);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    expect(error.code).to.equal('invalid_captions');
    expect(error.kind).to.include({ status: 422, fault: 'caller' });
    expect(error.message).to.match(/^[A-Z].*\.$/);
    return error.message;
  }
  throw new Error('It was not refused.');
}

const vtt = (...blocks: string[]) => ['WEBVTT', ...blocks].join('\n\n');
const cue = (text: string) => `00:01.000 --> 00:02.000\n${text}`;
/** What becomes of a cue's text. */
const cleaned = (text: string) => texts(parseCaptions(Buffer.from(vtt(cue(text)))))[0];

describe('captions as text', () => {
  describe('in WebVTT', () => {
    it('are read with everything that may stand around a cue', () => {
      const text = vtt(
        'NOTE made by hand\nin two lines',
        'STYLE\n::cue { background: url(http://tracker.example/) }',
        'REGION\nid:bottom\nwidth:40%',
        'intro\n00:00:01.000 --> 00:00:02.500 line:0 position:10%,line-left align:start region:bottom\nOne\ntwo',
        '00:03.000\t-->\t100:04.000',
      );
      expect(texts(read(text.replace('100:04', '00:04')))).to.deep.equal(['One\ntwo']);
      expect(read(text.replace('100:04', '00:04'))[0]).to.include({
        ...{ line: 14, start: 1000, end: 2500 },
        settings: 'line:0 position:10%,line-left align:start',
      });
    });

    it('may begin with a byte order mark, hold CRLF, and a head of several lines', () => {
      const text = `\uFEFFWEBVTT - a title\nKind: captions\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n${cue('One')}\n`;
      for (const end of ['\n', '\r\n', '\r']) {
        expect(texts(read(text.replaceAll('\n', end), 'vtt'))).to.deep.equal(['One']);
      }
    });

    it('may have a line of spaces in a cue, and between cues', () => {
      const lines = [
        '00:00.160 --> 00:02.149 align:start',
        ' ',
        'hello<00:01.000><c> you</c>',
        ' ',
        'there',
        '',
      ];
      expect(texts(read(vtt(lines.join('\n'))))).to.deep.equal(['hello<c> you</c>\nthere']);
      const blocks = [cue('a'), `second\n${cue('b')}`, 'NOTE c', cue('d')];
      expect(texts(read(vtt(blocks.join('\n \t\n \n'))))).to.deep.equal(['a', 'b', 'd']);
    });

    it('keep settings that are sound, and no other', () => {
      const settings = (text: string) => read(vtt(`00:01.000 --> 00:02.000 ${text}\nOne`))[0]?.settings;
      expect(settings('vertical:rl line:-1 size:50.5% align:middle')).to.equal(
        'vertical:rl line:-1 size:50.5% align:center',
      );
      expect(settings('line:50%,end position:100%')).to.equal('line:50%,end position:100%');
      expect(settings('line:a size:50 color:red vertical:up --> align:start;x')).to.equal('');
    });

    const bad: [string, string, string][] = [
      ['another word', 'WEBVT\n\n', 'Line 1: a WebVTT text begins with the word WEBVTT.'],
      ['a word glued to the first', `WEBVTTX\n\n${cue('a')}`, 'Line 1: a WebVTT text begins'],
      ['nothing', '', 'Line 1: a WebVTT text begins'],
      ['HTML', '<!doctype html>\n<p>no</p>', 'Line 1: a WebVTT text begins'],
      ['no cue', 'WEBVTT\n\nNOTE nothing\n', 'There is not one cue with a text.'],
      ['cues without a word', vtt(cue('<b> </b>')), 'There is not one cue with a text.'],
      ['a cue in the head', `WEBVTT\n${cue('a')}`, 'Line 2: an empty line is missing between'],
      ['a lost paragraph', vtt(`${cue('a')}\n\nlost`), 'Line 6: this is neither a cue nor a comment'],
      ['cues without a line between', vtt(`${cue('a')}\n${cue('b')}`), 'Line 5: an empty line is missing'],
      ['times of words', vtt('now --> then\na'), 'Line 3: the times are not of the form'],
      ['times without thousandths', vtt('00:01 --> 00:02\na'), 'Line 3: the times are not of the form'],
      ['61 seconds', vtt('00:01.000 --> 00:61.000\na'), 'Line 3: the times are not of the form'],
      ['a negative time', vtt('-00:01.000 --> 00:02.000\na'), 'Line 3: the times are not of the form'],
      ['one time', vtt('00:01.000 -->\na'), 'Line 3: the times are not of the form'],
      [
        'an end before the beginning',
        vtt('id\n00:02.000 --> 00:01.000\na'),
        'Line 4: the cue must end after',
      ],
      ['an end at the beginning', vtt('00:02.000 --> 00:02.000\na'), 'Line 3: the cue must end after'],
      ['100 hours', vtt('99:59:59.000 --> 100:00:00.000\na'), 'Line 3: the times must lie below 100 hours.'],
      ['a year', vtt('00:01.000 --> 9999999:00:00.000\na'), 'Line 3: the times are not of the form'],
    ];
    for (const [what, text, sentence] of bad) {
      it(`refuse ${what}`, () =>
        expect(refused(text, 'vtt')).to.satisfy((s: string) => s.startsWith(sentence)));
    }
  });

  describe('in SubRip', () => {
    it('are read with all its habits', () => {
      const text = [
        ...['', '1', '00:00:01,000 --> 00:00:02,500', '- One', '- <i>two</i>', ''],
        ...[
          '2',
          '00:00:03,000 --> 00:00:04,000  X1:10 X2:20 Y1:5 Y2:6',
          '{\\an8}<font color="#f00">Top</font>',
          '',
        ],
        ...['', 'after an empty line', '', '1984', '', '3', '00:00:05.000 --> 00:00:06.000', 'point', '4'],
        ...[
          '00:00:06,000 --> 00:00:07,000',
          'no line between',
          '00:00:08,000 --> 00:00:09,000',
          'no number --> here',
        ],
      ].join('\r\n');
      const cues = read(`\uFEFF${text}`);
      expect(texts(cues)).to.deep.equal([
        ...['- One\n- <i>two</i>', 'Top\nafter an empty line\n1984', 'point', 'no line between'],
        'no number --&gt; here',
      ]);
      expect(times(cues).slice(0, 2)).to.deep.equal([
        [1000, 2500],
        [3000, 4000],
      ]);
      expect(cues.map(({ line, settings }) => [line, settings])).to.deep.equal([
        ...[
          [3, ''],
          [8, 'line:0'],
        ],
        ...[
          [17, ''],
          [20, ''],
          [22, ''],
        ],
      ]);
    });

    it('may have empty lines between number and times, and double returns', () => {
      const text =
        '1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n\n00:00:03,000 --> 00:00:04,000\nyou\n1984\n\n';
      const cues = `${text}00:00:05,000 --> 00:00:06,000\nend\n`;
      const expected = ['Hi', 'you\n1984', 'end'];
      expect(texts(read(cues))).to.deep.equal(expected);
      expect(texts(read(cues.replaceAll('\n', '\r\r\n')))).to.deep.equal(expected);
      expect(texts(read(cues.replaceAll('\n', '\n\n')))).to.deep.equal(expected);
    });

    const bad: [string, string, string][] = [
      ['nothing', '', 'There is not one cue with a text.'],
      ['a letter', 'Dear all,\nthis is no subtitle.', 'Line 1: a SubRip text begins with'],
      ['two numbers', '1\n2\n00:00:01,000 --> 00:00:02,000\na', 'Line 2: a SubRip text begins with'],
      ['JSON', '{"cues":[]}', 'Line 1: a SubRip text begins with'],
      ['broken times', '1\n00:00:01,000 --> 00:00:0x,000\na', 'Line 2: the times are not of the form'],
      ['a cue that ends too early', '1\n00:00:02,000 --> 00:00:01,000\na', 'Line 2: the cue must end after'],
      ['100 hours', '1\n00:00:02,000 --> 100:00:01,000\na', 'Line 2: the times must lie below'],
      ['WebVTT by that name', vtt(cue('a')), 'Line 1: a SubRip text begins with'],
    ];
    for (const [what, text, sentence] of bad) {
      it(`refuse ${what}`, () =>
        expect(refused(text, 'srt')).to.satisfy((s: string) => s.startsWith(sentence)));
    }
  });

  it('are taken for WebVTT by their first word when nobody says what they are', () => {
    expect(texts(read(vtt(cue('a'))))).to.deep.equal(['a']);
    expect(texts(read('1\n00:00:01,000 --> 00:00:02,000\nb'))).to.deep.equal(['b']);
  });

  it('must be UTF-8', () => {
    const latin = Buffer.concat([
      Buffer.from(vtt('00:01.000 --> 00:02.000\ncaf')),
      Buffer.from([0xe9, 0x0a]),
    ]);
    expect(refused(latin)).to.equal('Line 4: this is not UTF-8; save the text in that encoding.');
    for (const mark of ['\uFEFF', '\uFFFE']) {
      const utf16 = Buffer.from(`${mark}WEBVTT\n\n`, 'utf16le');
      expect(refused(utf16)).to.equal('The text is in UTF-16; save it as UTF-8.');
    }
    expect(refused(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).to.match(/^Line 1: this is not UTF-8/);
    // An encoded half of a surrogate pair, an overlong slash, a cut-off last character.
    for (const bytes of [
      [0xed, 0xa0, 0x80],
      [0xc0, 0xaf],
      [0xe2, 0x82],
    ]) {
      expect(refused(Buffer.concat([Buffer.from(vtt(cue('a'))), Buffer.from(bytes)]))).to.match(/^Line 4: /);
    }
  });

  it('have a limit of bytes and one of cues', () => {
    const many = (count: number) => vtt(...Array.from({ length: count }, () => '00:01.000 --> 00:02.000\na'));
    expect(read(many(20_000))).to.have.length(20_000);
    expect(refused(many(20_001))).to.equal('Captions may have 20000 cues at most.');
    const long = vtt(cue('a'.repeat(mostCaptionBytes)));
    expect(refused(long)).to.equal('Captions may have 1048576 bytes at most.');
  });

  it('are read in time that grows with their length, whatever they hold', () => {
    const most = mostCaptionBytes - 100;
    for (const [head, piece] of [
      ...[
        ['', '<b.'],
        ['', '<i></b>'],
        ['', '{\\'],
        ['', '\n\r'],
      ],
      ...[
        ['<', 'a'],
        ['<b.', 'a'],
        ['<b', '.a'],
        ['<v ', 'a'],
        ['<', '1'],
      ],
    ] as [string, string][]) {
      const text = head + piece.repeat(Math.floor(most / piece.length) - 4);
      const attempt = (format: CaptionsFormat) => {
        try {
          parseCaptions(
            Buffer.from(format === 'vtt' ? vtt(cue(text)) : `1\n00:00:01,000 --> 00:00:02,000\n${text}`),
            format,
          );
        } catch (error) {
          expect(error).to.be.instanceOf(MillraceError);
        }
      };
      attempt('vtt');
      attempt('srt');
    }
  });

  it('keep the tags of WebVTT, nested and closed, and escape the rest', () => {
    const cases: [string, string][] = [
      ['<b>a</b> <I>b</I> <u>c</u>', '<b>a</b> <i>b</i> <u>c</u>'],
      ['<c.yellow.bg_blue>a</c>', '<c.yellow.bg_blue>a</c>'],
      ['<v.loud  Mary  Ann >Hi', '<v.loud Mary Ann>Hi</v>'],
      ['<v Tom & Al>Hi</v>', '<v Tom &amp; Al>Hi</v>'],
      ['<v>Hi</v>', 'Hi'],
      ['<lang en>a</lang>', '<lang en>a</lang>'],
      ['<ruby>漢<rt>kan</rt></ruby>', '<ruby>漢<rt>kan</rt></ruby>'],
      ['<b onclick="x">a</b>', '<b>a</b>'],
      ['<b><i>a</b>b</i>', '<b><i>a</i></b>b'],
      ['a</b>', 'a'],
      ['<i>a', '<i>a</i>'],
      ['<font color="red">a</font>', 'a'],
      ['<script>alert(1)</script>', 'alert(1)'],
      ['one <00:01.500>two', 'one two'],
      ['a < b > c', 'a &lt; b &gt; c'],
      ['I <3 you', 'I &lt;3 you'],
      ['a <b', 'a &lt;b'],
      ['<<b>>', '&lt;<b>&gt;</b>'],
      [
        'Q&A &amp; &lt;b&gt; &nbsp;&#39;&#x27; &bogus; &',
        'Q&amp;A &amp; &lt;b&gt; &nbsp;&#39;&#x27; &amp;bogus; &amp;',
      ],
      ['a\u0000b\u0007c\td', 'abc d'],
      ['  a  \n\u00a0b ', 'a\nb'],
      ['שלום', 'שלום'],
    ];
    for (const [given, expected] of cases) expect(cleaned(given), given).to.equal(expected);
  });

  it('are moved and cut to the length of a video', () => {
    const at = (start: number, end: number): Cue => ({ line: 1, start, end, settings: '', text: 'a' });
    const cues = [
      at(9000, 9900),
      at(9500, 10_500),
      at(11_000, 12_000),
      at(14_000, 99_000),
      at(15_000, 16_000),
    ];
    const zero = at(12_000, 12_000);
    expect(times(fitCues([...cues, zero], -10_000.4, 5000))).to.deep.equal([
      [0, 500],
      [1000, 2000],
      [4000, 5000],
    ]);
  });

  it('are written so that they are read the same again', () => {
    const text =
      '1\n00:00:03,000 --> 00:00:04,000\n{\\an8}b & <i>c\n\n2\n99:59:58,999 --> 99:59:59,999\nlast\n\n3\n00:00:01,000 --> 00:00:09,000\n<first>a';
    const written = writeCaptions(read(text, 'srt'));
    expect(written).to.equal(
      [
        ...['WEBVTT', 'X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0', ''],
        ...['00:00:01.000 --> 00:00:09.000', 'a', ''],
        ...['00:00:03.000 --> 00:00:04.000 line:0', 'b &amp; <i>c</i>', ''],
        ...['99:59:58.999 --> 99:59:59.999', 'last', ''],
      ].join('\n'),
    );
    expect(writeCaptions(read(written, 'vtt'))).to.equal(written);
  });
});
