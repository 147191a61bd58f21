import { expect } from 'chai';
import { captionsCommand, captionsShift } from '../../../workers/media/captions-args.ts';
import { chooseCaptions } from '../../../workers/media/choose-captions.ts';
import type { ProbedStream } from '../../../workers/media/ffprobe.ts';

type About = { codec?: string; language?: string; title?: string; flags?: string[] };

function subtitles(
  index: number,
  { codec = 'subrip', language, title, flags = [] }: About = {},
): ProbedStream {
  return {
    ...{ index, codec_type: 'subtitle', codec_name: codec },
    disposition: Object.fromEntries(flags.map((flag) => [flag, 1])),
    tags: { ...(language === undefined ? {} : { language }), ...(title === undefined ? {} : { title }) },
    side_data_list: [],
  };
}
const choose = (...streams: ProbedStream[]) => chooseCaptions({ streams, format: {} });
const languages = (...streams: ProbedStream[]) => choose(...streams).captions.map(({ language }) => language);

describe('the choice of captions', () => {
  it('takes every kind of text, with language, title and default', () => {
    const picture = { ...subtitles(0), codec_type: 'video', codec_name: 'h264' };
    const { captions, warnings } = choose(
      picture,
      subtitles(2, { language: 'eng', title: ' Full ', flags: ['default'] }),
      subtitles(3, { codec: 'ass', language: 'ger' }),
      subtitles(4, { codec: 'webvtt', language: 'pt-br' }),
      subtitles(5, { codec: 'mov_text', language: 'fil' }),
      subtitles(6, { codec: 'ssa' }),
    );
    expect(captions).to.deep.equal([
      { streamIndex: 2, language: 'en', title: 'Full', isDefault: true },
      { streamIndex: 3, language: 'de', title: '', isDefault: false },
      { streamIndex: 4, language: 'pt-BR', title: '', isDefault: false },
      { streamIndex: 5, language: 'fil', title: '', isDefault: false },
      { streamIndex: 6, language: 'und', title: '', isDefault: false },
    ]);
    expect(warnings).to.deep.equal([]);
  });

  it('says what is a picture, or unknown', () => {
    const { captions, warnings } = choose(
      subtitles(2, { codec: 'hdmv_pgs_subtitle', language: 'eng' }),
      subtitles(3, { codec: 'dvb_subtitle' }),
      { ...subtitles(4), codec_name: undefined },
      subtitles(5, { codec: 'dvb_teletext' }),
      { ...subtitles(6), codec_type: 'data', codec_name: 'unknown', codec_tag_string: 'stpp' },
    );
    expect(captions).to.deep.equal([]);
    expect(warnings).to.deep.equal(
      [
        ['2', 'hdmv_pgs_subtitle', 'no text'],
        ['3', 'dvb_subtitle', 'no text'],
        ['4', 'unknown', 'of a kind that is not read here'],
        ['5', 'dvb_teletext', 'of a kind that is not read here'],
        ['6', 'ttml', 'of a kind that is not read here'],
      ].map(([index, codec, what]) => ({
        code: 'captions_not_text',
        message: `The subtitles in track ${index} (${codec}) are ${what} and were left out.`,
      })),
    );
  });

  it('shows the first of those that are marked as default, as Matroska marks all', () => {
    const { captions } = choose(
      subtitles(2, { language: 'swe', flags: ['default', 'forced'] }),
      subtitles(3, { language: 'jpn', flags: ['default'] }),
      subtitles(4, { language: 'ger', flags: ['default'] }),
    );
    expect(captions.map(({ language, isDefault }) => [language, isDefault])).to.deep.equal([
      ['sv', false],
      ['ja', true],
      ['de', false],
    ]);
  });

  it('takes one of a language: not the forced one, else the default, else the first, and names the others', () => {
    const { captions, warnings } = choose(
      subtitles(2, { language: 'eng', title: 'Signs', flags: ['forced', 'default'] }),
      subtitles(3, { language: 'eng', title: 'Full' }),
      subtitles(4, { language: 'fre' }),
      subtitles(5, { language: 'fra', flags: ['default'] }),
      subtitles(6),
      subtitles(7),
    );
    expect(captions.map(({ streamIndex, isDefault }) => [streamIndex, isDefault])).to.deep.equal([
      [3, false],
      [5, true],
      [6, false],
    ]);
    expect(warnings.map(({ code }) => code)).to.deep.equal(Array(3).fill('captions_left_out'));
    expect(warnings.map(({ message }) => message)).to.include(
      'The subtitles in track 2 were left out: there are others in en.',
    );
  });

  it('keeps a forced track that is alone, but shows it to nobody unasked', () => {
    const { captions } = choose(subtitles(2, { language: 'eng', flags: ['forced', 'default'] }));
    expect(captions.map(({ isDefault }) => isDefault)).to.deep.equal([false]);
  });

  it('makes nothing of a language that is none', () => {
    expect(languages(subtitles(2, { language: '../../x' }))).to.deep.equal(['und']);
    expect(languages(subtitles(2, { language: 'English' }))).to.deep.equal(['und']);
    expect(languages(subtitles(2, { language: '' }))).to.deep.equal(['und']);
  });

  it('leaves a file without subtitles alone', () => {
    expect(choose()).to.deep.equal({ captions: [], warnings: [] });
  });
});

describe('the command for captions', () => {
  const track = { streamIndex: 3, language: 'en', title: '', isDefault: false };

  it('keeps the clock of the source', () => {
    expect(captionsCommand(track, 'source', 'a.srt', 1000)).to.deep.equal({
      input: { path: 'source', options: ['-copyts'] },
      outputs: [
        {
          path: 'a.srt',
          options: [
            ...['-map', '0:3', '-c:s', 'srt', '-map_metadata', '-1', '-map_chapters', '-1'],
            ...['-output_ts_offset', '3600', '-fs', '1001', '-f', 'srt'],
          ],
        },
      ],
    });
  });

  it('goes with a shift to the clock of the output', () => {
    expect(captionsShift({ originSeconds: 10.023 })).to.equal(-3_610_023);
    expect(captionsShift({ originSeconds: -0.5 })).to.equal(-3_599_500);
  });
});
