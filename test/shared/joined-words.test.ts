import { expect } from 'chai';
import { wordsOf } from '../../shared/search/fold.ts';
import { highlight, hitsOf } from '../../shared/search/highlight.ts';
import { parseQuery } from '../../shared/search/parse-query.ts';
import { type RowSource, searchRowOf } from '../../shared/search/search-row.ts';

describe('what joins and parts words', () => {
  for (const [text, words] of [
    ['Hawaiʻi, Oʻzbek, O‘zbek', ['hawaii', 'ozbek', 'ozbek']],
    ['Pel·lícula, coŀlegi, a·b', ['pellicula', 'collegi', 'a', 'b']],
    ['תל־אביב, שָׁלוֹם׃ צ׳יפס', ['תל', 'אביב', 'שלום', 'ציפס']],
    ['Donau\u00addampf', ['donaudampf']],
    ['क्\u200dष ප්\u200dරේමය', ['क्ष', 'ප්රේමය']],
    ['ന്\u200cറെ', ['ന്റെ']],
    ['می\u200cخواهم', ['مي', 'خواهم']],
    ['1\ufe0f\u20e3 葛\u{e0100}', ['1', '葛']],
    ['\u2067שלום\u200f\u2069', ['שלום']],
  ] as const) {
    it(`${text} has ${words.join(', ')}`, () => expect(wordsOf(text)).to.deep.equal([...words]));
  }

  for (const [title, q] of [
    ['Aloha Hawaiʻi', "hawai'i"],
    ['קיץ תל־אביב', 'תל אביב'],
    ['Die Donau\u00addampf', 'Donaudampf'],
    ['Una pel·lícula', 'pellicula'],
  ] as const) {
    it(`${q} is marked in ${title}`, () => {
      const pieces = highlight(title, null, hitsOf(parseQuery(q)));
      const unmarked = pieces.filter(({ hit }) => !hit).map(({ text }) => text);
      expect(unmarked.join('')).to.match(/^\S+ ־?$/);
    });
  }

  it('is a half space, too: with it, without it, and with a whole one the same is found', () => {
    const title = 'من می\u200cخواهم';
    const video: RowSource = {
      ...{ _id: 'a', title, tags: [], channelTitle: 'Ada', description: '', category: null },
      ...{ language: 'fa', regions: [], durationSeconds: 61, views: 9, publishedAt: new Date(0) },
    };
    const row = searchRowOf(video);
    for (const q of ['می\u200cخواهم', 'می خواهم', 'میخواهم']) {
      const query = parseQuery(q);
      for (const word of query.words) expect(row.terms, q).to.include(word);
      const hits = highlight(title, 'fa', hitsOf(query)).filter(({ hit }) => hit);
      expect(hits, q).to.deep.equal([{ text: 'می\u200cخواهم', hit: true }]);
    }
  });
});
