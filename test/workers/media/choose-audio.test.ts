import { expect } from 'chai';
import { chooseAudio, leftOutAudio } from '../../../workers/media/choose-audio.ts';
import type { ProbedStream } from '../../../workers/media/ffprobe.ts';
import { picture, reportOf, sound } from '../../support/streams.ts';

const chosen = (...streams: ProbedStream[]) => chooseAudio(reportOf(...streams));
const tagged = (index: number, tags: Record<string, string>, facts: Partial<ProbedStream> = {}) =>
  sound(index, { tags, ...facts });

describe('choosing the sound', () => {
  it('takes every track, the default one first, with its language', () => {
    const english = tagged(1, { language: 'eng' });
    const german = tagged(2, { language: 'ger', title: ' Director’s cut ' }, { disposition: { default: 1 } });
    const [first, second] = [
      {
        ...{ name: 'audio/de', streamIndex: 2, language: 'de', title: 'Director’s cut', isDefault: true },
        ...{ channels: 2, bitrate: 128_000 },
      },
      {
        ...{ name: 'audio/en', streamIndex: 1, language: 'en', title: 'English', isDefault: false },
        ...{ channels: 2, bitrate: 128_000 },
      },
    ];
    expect(chosen(picture(0), english, german)).to.deep.equal([first, second]);
    expect(chosen(picture(0))).to.deep.equal([]);
  });

  it('begins with the first where none is the default', () => {
    expect(
      chosen(sound(3), sound(4)).map(({ streamIndex, isDefault }) => [streamIndex, isDefault]),
    ).to.deep.equal([
      [3, true],
      [4, false],
    ]);
  });

  it('knows what describes the picture, and does not begin with it', () => {
    const english = { language: 'eng' };
    const described = (flag: string) =>
      chosen(
        tagged(1, english, { disposition: { default: 1, [flag]: 1 } }),
        tagged(2, english),
        tagged(3, english),
      ).map(({ streamIndex, title, isDefault, describesVideo = false }) => [
        ...[streamIndex, title, isDefault, describesVideo],
      ]);
    for (const flag of ['visual_impaired', 'descriptions']) {
      expect(described(flag), flag).to.deep.equal([
        [2, 'English', true, false],
        [1, 'English (audio description)', false, true],
        [3, 'English 2', false, false],
      ]);
    }
    const alone = chosen(tagged(1, english, { disposition: { visual_impaired: 1 } }));
    expect(alone.map(({ isDefault }) => isDefault)).to.deep.equal([true]);
  });

  it('calls no two alike, as a playlist can say it', () => {
    const titles = ['A"B', 'A B', 'A\u2028B', `${'x'.repeat(59)}😀`];
    const found = chosen(...titles.map((title, n) => tagged(n, { title })));
    expect(found.map(({ title }) => title)).to.deep.equal(['A B', 'A B 2', 'A B 3', 'x'.repeat(59)]);
  });

  it('makes 5.1, or what has more channels, twice: in stereo and in 5.1', () => {
    const made = (channels: number | undefined) =>
      chosen(tagged(1, { language: 'en' }, { channels })).map(
        ({ name, channels, bitrate, title, isDefault }) =>
          `${name} ${channels} ${bitrate} ${title} ${isDefault}`,
      );
    const stereo = 'audio/en 2 128000 English true';
    expect([undefined, 1, 2, 5].map(made)).to.deep.equal([[stereo], [stereo], [stereo], [stereo]]);
    const both = [stereo, 'audio/en-surround 6 384000 English true'];
    expect([6, 8].map(made)).to.deep.equal([both, both]);
  });

  it('takes the first two of many channels where nobody knows which is heard where', () => {
    const made = (channels: number, channel_layout?: string) =>
      chosen(sound(1, { channels, channel_layout })).map(({ channels, takesFirstTwo = false }) => [
        channels,
        takesFirstTwo,
      ]);
    const both = [
      [2, false],
      [6, false],
    ];
    for (const channels of [6, 7, 8, 16, 24]) expect(made(channels), `${channels}`).to.deep.equal(both);
    for (const channels of [9, 15, 17, 32]) expect(made(channels), `${channels}`).to.deep.equal([[2, true]]);
    expect(made(12, '7.1.4')).to.deep.equal(both);
  });

  it('gives tracks of one language folders and titles of their own', () => {
    const english = [1, 2, 3].map((index) => tagged(index, { language: 'eng' }));
    const commentary = tagged(4, { language: 'eng', title: 'English 2' });
    expect(chosen(...english, commentary).map(({ name, title }) => `${name} ${title}`)).to.deep.equal([
      'audio/en English',
      'audio/en-2 English 2',
      'audio/en-3 English 3',
      'audio/en-4 English 2 2',
    ]);
  });

  it('does not believe every language, nor every title', () => {
    for (const language of ['English', '../..', '', 'e']) {
      expect(chosen(tagged(0, { language }))[0], language).to.include({
        ...{ name: 'audio/und', language: 'und', title: 'Original' },
      });
    }
    expect(chosen(tagged(0, { language: 'pt-BR', title: '  ' }))[0]).to.include({
      ...{ name: 'audio/pt-br', language: 'pt-BR', title: 'Brazilian Portuguese' },
    });
    expect(chosen(tagged(0, { title: 'x'.repeat(1000) }))[0]?.title).to.have.length(60);
  });

  it('takes sixteen tracks at most', () => {
    expect(chosen(...Array.from({ length: 40 }, (_, index) => sound(index)))).to.have.length(16);
    const last = sound(40, { disposition: { default: 1 } });
    const withLast = chosen(...Array.from({ length: 40 }, (_, index) => sound(index)), last);
    expect(withLast).to.have.length(16);
    expect(withLast[0]).to.include({ streamIndex: 40, isDefault: true });
  });

  it('names those beyond the sixteenth', () => {
    const left = (count: number, ...more: ProbedStream[]) =>
      leftOutAudio(
        reportOf(picture(0), ...Array.from({ length: count }, (_, index) => sound(index + 1)), ...more),
      ).map(({ code, message }) => `${code}: ${message}`);
    expect(left(0)).to.deep.equal([]);
    expect(left(16)).to.deep.equal([]);
    const of = 'audio_left_out: Of the sound 16 tracks are taken; left out:';
    expect(left(18)).to.deep.equal([`${of} 17, 18.`]);
    expect(left(16, sound(17, { disposition: { default: 1 } }))).to.deep.equal([`${of} 16.`]);
    expect(left(40)[0]).to.match(/ 31, 32 and 8 more\.$/);
  });

  it('never gives two tracks one folder', () => {
    const names = chosen(
      tagged(1, { language: 'en' }, { channels: 6 }),
      tagged(2, { language: 'en-surround' }),
      tagged(3, { language: 'en' }, { channels: 6 }),
    ).map(({ name }) => name);
    expect(new Set(names).size, `${names}`).to.equal(names.length);
  });
});
