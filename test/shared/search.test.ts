import { expect } from 'chai';
import { fold, wordsOf } from '../../shared/search/fold.ts';
import { highlight, hitsOf, snippet } from '../../shared/search/highlight.ts';
import { chooseCommon, type KnownForm, leadsOf, pairsOf } from '../../shared/search/pairs.ts';
import { parseQuery } from '../../shared/search/parse-query.ts';
import { beginningsOf, type RowSource, searchRowOf } from '../../shared/search/search-row.ts';
import { formsOf, termOf } from '../../shared/search/stems.ts';

describe('words of search', () => {
  for (const [text, folded] of [
    ['CRÈME Brûlée', 'creme brulee'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['Øresund, Łódź, Ærø', 'oresund, lodz, aero'],
    ['İstanbul ılık', 'istanbul ilik'],
    ['ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['𝐇𝐄𝐋𝐋𝐎', 'hello'],
    ['Gizmo™', 'gizmo '],
    ['100℃', '100°c'],
    ['Ёлка', 'елка'],
    ['Мой чай', 'мой чай'],
    ['Ὀδυσσεύς', 'οδυσσευσ'],
    ['ガラス', 'ガラス'],
    ['한국', '한국'],
    ['مُـحَـمَّد', 'محمد'],
    ['أإآٱ', 'اااا'],
    ['مكتبة', 'مكتبه'],
    ['مصطفى', 'مصطفي'],
    ['٢٠٢٦ ۲۰۲۶', '2026 2026'],
    ['ہے مدینۃ', 'هے مدينه'],
    ['हिन्दी सम्बन्ध हँसी ज़िंदगी', 'हिंदी संबंध हंसी जिंदगी'],
    ['धन्य तुम्हारा', 'धन्य तुम्हारा'],
  ] as const) {
    it(`${text} is ${folded}`, () => expect(fold(text)).to.equal(folded));
  }

  for (const [text, words] of [
    ['Don’t stop: it’s 4K!', ['dont', 'stop', 'its', '4k']],
    ["L'été à l’école, 'd'eau', jusqu'ici", ['ete', 'a', 'ecole', 'eau', 'ici']],
    ["Dell’arte, un'altra", ['arte', 'altra']],
    ["Rock'n'roll: S'mores, O'Brien, 'n' c'mon", ['rocknroll', 'smores', 'obrien', 'n', 'cmon']],
    ['東京タワーの夜景', ['東京', 'タワー', 'の', '夜景']],
    ['ทดสอบระบบ', ['ทดสอบ', 'ระบบ']],
    ['well-known_thing', ['well', 'known', 'thing']],
    ['$where .* (((', ['where']],
    ['!?… – 💥', []],
  ] as const) {
    it(`${text} has ${words.join(', ') || 'none'}`, () => expect(wordsOf(text)).to.deep.equal([...words]));
  }

  it('are cut where they are endless', () => {
    expect(wordsOf('a'.repeat(5000))).to.deep.equal(['a'.repeat(40)]);
  });

  for (const [language, words] of [
    ['en', ['running', 'runs', 'run']],
    ['de', ['Häuser', 'Haus', 'hauser']],
    ['fi', ['talossa', 'taloja', 'talo']],
    ['fr', ['française', 'Francaise']],
    ['ru', ['фильмов', 'фильмы', 'фильм']],
    ['nb', ['husene', 'huset']],
    ['ar', ['الكتاب', 'كتاب']],
    ['ar', ['الخياطة', 'خياطه']],
  ] as const) {
    it(`of ${language}: ${words.join(', ')} are one`, () => {
      const terms = words.flatMap(wordsOf).map((word) => termOf(word, language));
      expect(new Set(terms).size, String(terms)).to.equal(1);
      for (const word of words.flatMap(wordsOf)) expect(formsOf(word)).to.include(terms[0]);
    });
  }

  for (const [language, text, words] of [
    ['ru', 'Обзор iPhone 15', ['обзора', 'iphone', '15']],
    ['ar', 'مراجعة iPhone ١٥ 4K', ['مراجعة', 'iphone', '15', '4k']],
    ['en', 'Nights in 東京, Москва and تونس 2026', ['night', '東京', 'москва', 'تونس', '2026']],
    ['de', 'Ελλάδα 24 Stunden, Ёлка', ['ελλάδα', '24', 'stunde', 'елка']],
  ] as const) {
    it(`of ${language} in letters of another language are found: ${text}`, () => {
      const terms = wordsOf(text).map((word) => termOf(word, language));
      for (const word of words.flatMap(wordsOf)) {
        expect(terms, word).to.include(termOf(word, language));
        expect(
          formsOf(word).some((form) => terms.includes(form)),
          word,
        ).to.equal(true);
      }
    });
  }

  it('stay as they are where nothing is known of the language', () => {
    expect(['running', 'runs'].map((word) => termOf(word, null))).to.deep.equal(['running', 'runs']);
    expect(termOf('夜景', 'ja')).to.equal('夜景');
    expect(termOf('running', 'constructor')).to.equal('running');
  });

  it('begin with their first letters, whole ones', () => {
    expect(beginningsOf('river')).to.deep.equal(['r', 'ri', 'riv', 'rive']);
    expect(beginningsOf('𠮷野')).to.deep.equal(['𠮷', '𠮷野']);
  });
});

describe('a query', () => {
  for (const [text, words, phrases, without] of [
    ['Sea WAVES sea', ['sea', 'waves'], [], []],
    ['"big  Waves" sea', ['big', 'waves', 'sea'], [['big', 'waves']], []],
    ['“big waves”', ['big', 'waves'], [['big', 'waves']], []],
    ['sea -storm -"two weeks"', ['sea'], [], [['storm'], ['two', 'weeks']]],
    ['well-known', ['well', 'known'], [], []],
    ['"sea', ['sea'], [], []],
    ['-storm', [], [], [['storm']]],
    ['- -- "" -""', [], [], []],
    ['{"$where": ".*"}', ['where'], [], []],
    ['the of and', ['the', 'of', 'and'], [], []],
  ] as const) {
    it(`reads ${text}`, () => expect(parseQuery(text)).to.deep.equal({ words, phrases, without }));
  }

  it('has so many words', () => {
    const many = Array.from({ length: 60 }, (_, n) => `w${n}`).join(' ');
    expect(parseQuery(many).words).to.have.length(16);
  });
});

describe('a row of search', () => {
  const video: RowSource = {
    ...{ _id: 'a', title: 'Running waves', tags: ['Big sea', 'waves'], channelTitle: 'Ada' },
    ...{ description: 'The waves run.', category: 'nature', language: 'en', regions: [] },
    ...{ durationSeconds: 61, views: 9, publishedAt: new Date(0) },
  };

  it('has words behind an apostrophe with what is joined to them and without', () => {
    const title = "L'école de D’Angelo";
    const row = searchRowOf({ ...video, title, language: 'fr' });
    for (const q of ["l'école", 'école', "d'ecole", "D'Angelo", 'dangelo', 'angelo']) {
      const query = parseQuery(q);
      const [word = ''] = query.words;
      expect(query.words, q).to.have.length(1);
      expect([row.terms.includes(termOf(word, 'fr')), row.heads.includes(word)], q).to.deep.equal([
        true,
        true,
      ]);
      const hits = highlight(title, 'fr', hitsOf(query)).filter(({ hit }) => hit);
      expect(hits.map(({ text }) => text).join(), q).to.be.oneOf(["L'école", 'D’Angelo']);
    }
    expect(row.text).to.include(' ecole de angelo ');
  });

  it('has each term once, where it counts most', () => {
    expect(searchRowOf(video, ['Grace Hopper'])).to.deep.equal({
      _id: 'a',
      terms: ['en:run', 'en:wave', 'en:big', 'en:sea', 'en:grace', 'en:hopper', 'en:ada', 'en:the'],
      edition: 0,
      ends: { title: 2, tags: 4, people: 6, channel: 7 },
      heads: ['running', 'waves'],
      text: ' running waves \n big sea \n waves \n grace hopper \n ada \n the waves run ',
      ...{ category: 'nature', language: 'en', regions: ['*'], seconds: 61, views: 9 },
      publishedAt: new Date(0),
    });
  });

  it('has the beginning of a long description', () => {
    const description = Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ');
    expect(searchRowOf({ ...video, description }).terms).to.have.length(205);
  });
});

describe('pairs of terms', () => {
  const forms = (...terms: string[]): KnownForm[] =>
    terms.map((_id) => ({ _id, rows: 10, ...(_id.startsWith('en:') ? { isPaired: true as const } : {}) }));

  it('are of all common terms of a row, unless these are too many', () => {
    const common = (terms: string[]) => ({ edition: 1, terms: new Set(terms) });
    expect(pairsOf(['b', 'c', 'a'], common(['a', 'b']))).to.deep.equal(['a b']);
    const many = Array.from({ length: 33 }, (_, n) => `t${n}`);
    expect(pairsOf(many.slice(1), common(many))).to.have.length((32 * 31) / 2);
    expect(pairsOf(many, common(many))).to.deep.equal(['*']);
  });

  it('lead where both are paired, and one of them where not; what is in no row together leads to nothing', () => {
    expect(
      leadsOf(forms('en:run', 'de:run', 'run'), forms('en:sea', 'fr:sea', 'sea'), undefined),
    ).to.deep.equal(['en:run en:sea', 'run']);
    expect(leadsOf(forms('en:run'), forms('en:sea'), 9)).to.deep.equal(['en:run en:sea', '*']);
    expect(leadsOf(forms('en:run'), forms('en:sea'), 11)).to.deep.equal(['en:run']);
    expect(leadsOf(forms('en:run'), forms('en:run', '15'), undefined)).to.deep.equal(['en:run']);
    expect(leadsOf(forms('de:run'), forms('дом', 'de:sea'), 9)).to.deep.equal(['de:run']);
    expect(leadsOf(forms('de:run', 'run'), undefined, 9)).to.deep.equal(['de:run', 'run']);
  });

  it('are of what many rows have, not nearly all, and no more of them than pays', () => {
    const counted = [
      ['the', 200],
      ['sea', 90],
      ['*', 90],
      ['wave', 80],
      ...Array.from({ length: 60 }, (_, n) => [`w${n}`, 70]),
    ].map(([_id, rows]) => ({ _id: String(_id), rows: Number(rows) }));
    const chosen = chooseCommon(counted, 1000);
    expect(chosen.slice(0, 3)).to.deep.equal(['sea', 'wave', 'w0']);
    // (0.09 + 0.08 + 37 x 0.07)^2 / 2 is below 4, and with one more above.
    expect(chosen).to.have.length(39);
  });
});

describe('highlights', () => {
  const marked = (text: string, q: string, language: string | null = 'en') =>
    highlight(text, language, hitsOf(parseQuery(q))).map(({ text, hit }) => (hit ? `[${text}]` : text));

  it('show what was found, as it stands there', () => {
    expect(marked('The Runners: running, RAN', 'run').join('')).to.equal('The Runners: [running], RAN');
    expect(marked('Crème brûlée!', 'BRULEE', null).join('')).to.equal('Crème [brûlée]!');
    expect(marked('東京タワーの夜景', '夜景', 'ja').join('')).to.equal('東京タワーの[夜景]');
  });

  it('are text that makes up the whole again, also where it looks like HTML', () => {
    const text = '<b>sea</b> & "sea" <script>';
    const pieces = highlight(text, 'en', hitsOf(parseQuery('sea')));
    expect(pieces.map((piece) => piece.text).join('')).to.equal(text);
    expect(pieces.filter(({ hit }) => hit).map((piece) => piece.text)).to.deep.equal(['sea', 'sea']);
  });

  it('of a description are around the first hit', () => {
    const text = `${'one two '.repeat(90)}a storm came${' three four'.repeat(100)}`;
    const pieces = snippet(text, 'en', hitsOf(parseQuery('storms')));
    const whole = pieces.map((piece) => piece.text).join('');
    expect(whole)
      .to.match(/^… (one|two) .* a storm came .* …$/)
      .and.have.length.below(260);
    expect(pieces.filter(({ hit }) => hit)).to.deep.equal([{ text: 'storm', hit: true }]);
    expect(snippet('Short.', 'en', hitsOf(parseQuery('x')))).to.deep.equal([{ text: 'Short.', hit: false }]);
  });

  it('of a description look no further than search does, nor than they show', () => {
    const wanted = hitsOf(parseQuery('storm'));
    const calm = Array.from({ length: 900 }, (_, n) => `calm${n}`);
    const first = snippet(calm.concat('storm').join(' '), 'en', wanted);
    expect(first.map((piece) => piece.text).join('')).to.match(/^calm0 calm1 .* …$/);
    expect(first.some(({ hit }) => hit)).to.equal(false);
    expect(wanted.seen.size).to.be.within(200, 201);
    const again = snippet(`storm ${'wind '.repeat(30)}storm ${calm.join(' ')}`, 'en', wanted);
    expect(again.filter(({ hit }) => hit)).to.have.length(2);
    snippet(`storm ${Array.from({ length: 900 }, (_, n) => `wind${n}`).join(' ')}`, 'en', wanted);
    expect(wanted.seen.size).to.be.below(300);
  });
});
