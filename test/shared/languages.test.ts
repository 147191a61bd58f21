import { expect } from 'chai';
import { isLanguage, languagePattern } from '../../shared/languages.ts';

describe('the pattern of languages', () => {
  it('takes each that there is, and no other two letters', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const all = letters.flatMap((first) => letters.map((second) => first + second));
    expect(all.filter((code) => languagePattern.test(code))).to.deep.equal(all.filter(isLanguage));
    expect(all.filter(isLanguage)).to.include.members(['aa', 'en', 'zu']).and.not.include('xv');
  });

  it('takes nothing beside a language', () => {
    for (const text of ['', 'e', 'EN', 'eng', 'en ', ' en', 'en-GB', 'en\n'])
      expect(languagePattern.test(text), text).to.equal(false);
  });
});
