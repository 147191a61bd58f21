import { expect } from 'chai';
import { checkIfMatch, etagHeader, expectedRevision } from '../../api/if-match.ts';
import { etagOf } from '../../api/send-reply.ts';
import { type ErrorCode, MillraceError } from '../../shared/errors.ts';

describe('If-Match', () => {
  const current = { title: 'One', tags: [] };
  const tag = etagHeader(current);
  const other = etagHeader({ title: 'Two' });

  function answer(
    header: string | undefined,
    check: (header: string | undefined) => unknown = (one) => checkIfMatch(one, current),
  ): ErrorCode | 'taken' {
    try {
      check(header);
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

  const seen = `"${etagOf('{"percent":1}', 3)}"`;
  for (const [words, header, expected] of [
    ['without it', undefined, 'if_match_needed'],
    ['with the tag of another moment of the same revision', seen, 'taken'],
    ['with the revision alone', '"r3"', 'taken'],
    ['with several tags, one of them of this revision', `"r2", ${seen}`, 'taken'],
    ['with whatever there is', '*', 'taken'],
    ['with the tag of the revision before', `"${etagOf('{}', 2)}"`, 'changed_meanwhile'],
    ['with a longer number that begins the same', '"r33"', 'changed_meanwhile'],
    ['with the hash alone', `"${etagOf('{}')}"`, 'changed_meanwhile'],
    ['with a weak tag', `W/${seen}`, 'changed_meanwhile'],
    ['with a tag that has no quotes', 'r3', 'changed_meanwhile'],
  ] as const) {
    it(`of a revision, ${words}: ${expected}`, () => {
      expect(answer(header, (one) => expectedRevision(one, 3))).to.equal(expected);
    });
  }
});
