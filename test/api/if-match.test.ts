import { expect } from 'chai';
import { checkIfMatch, etagHeader } from '../../api/if-match.ts';
import { type ErrorCode, MillraceError } from '../../shared/errors.ts';

describe('If-Match', () => {
  const current = { title: 'One', tags: [] };
  const tag = etagHeader(current);
  const other = etagHeader({ title: 'Two' });

  function answer(header: string | undefined): ErrorCode | 'taken' {
    try {
      checkIfMatch(header, current);
      return 'taken';
    } catch (error) {
      if (error instanceof MillraceError) return error.code;
      throw error;
    }
  }

  for (const [words, header, expected] of [
    ['without it', undefined, 'if_match_needed'],
    ['that is empty', '', 'if_match_needed'],
    ['with the tag of what there is', tag, 'taken'],
    ['with several tags, one of them this', `${other} , ${tag}`, 'taken'],
    ['with whatever there is', '*', 'taken'],
    ['with the tag of something else', other, 'changed_meanwhile'],
    ['with a weak tag', `W/${tag}`, 'changed_meanwhile'],
    ['with a tag that has no quotes', tag.slice(1, -1), 'changed_meanwhile'],
  ] as const) {
    it(`${words}: ${expected}`, () => {
      expect(answer(header)).to.equal(expected);
    });
  }
});
