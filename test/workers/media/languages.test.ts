import { expect } from 'chai';
import { canonicalLanguage, languageName } from '../../../workers/media/languages.ts';

describe('a language', () => {
  it('is written as BCP 47 says', () => {
    const written = ['eng', 'EN', 'en-gb', 'deu', 'ger', 'zh-hans', 'cmn', 'pt-BR', 'gsw'].map(
      canonicalLanguage,
    );
    expect(written).to.deep.equal(['en', 'en', 'en-GB', 'de', 'de', 'zh-Hans', 'zh', 'pt-BR', 'gsw']);
  });

  it('is not known when it is none', () => {
    for (const tag of [
      undefined,
      '',
      'e',
      'English',
      '../..',
      'en/..',
      'en_GB',
      'en-',
      'en-x',
      'und',
      'en\n',
    ]) {
      expect(canonicalLanguage(tag), tag).to.equal('und');
    }
  });

  it('is called what people call it', () => {
    expect(['en', 'de', 'pt-BR', 'und'].map(languageName)).to.deep.equal([
      ...['English', 'German', 'Brazilian Portuguese', 'Original'],
    ]);
    expect(languageName('qaa')).to.equal('qaa');
  });
});
