import { expect } from 'chai';
import { expectedRevision } from '../../api/if-match.ts';
import { etagOf } from '../../api/send-reply.ts';
import { type ErrorCode, MillraceError } from '../../shared/errors.ts';

describe('If-Match', () => {
  function answer(header: string | undefined): ErrorCode | 'taken' {
    try {
      expectedRevision(header, 3);
      return 'taken';
    } catch (error) {
      if (error instanceof MillraceError) return error.code;
      throw error;
    }
  }

  const seen = `"${etagOf('{"percent":1}', 3)}"`;
  for (const [words, header, expected] of [
    ['without it', undefined, 'if_match_needed'],
    ['that is empty', '', 'if_match_needed'],
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
    it(`${words}: ${expected}`, () => {
      expect(answer(header)).to.equal(expected);
    });
  }
});
