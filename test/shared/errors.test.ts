import { expect } from 'chai';
import { errorKinds, MillraceError, toMillraceError } from '../../shared/errors.ts';

describe('errors', () => {
  it('have a status that says whose fault it is, and only the operator’s are tried again', () => {
    for (const [code, { status, fault, retryable }] of Object.entries(errorKinds)) {
      expect(code).to.match(/^[a-z]+(_[a-z]+)*$/);
      const [least, most] = { caller: [400, 499], media: [422, 422], operator: [500, 599] }[fault];
      expect(status, code).to.be.within(least ?? 0, most ?? 0);
      expect(retryable, code).to.equal(fault === 'operator');
    }
  });

  it('carry a sentence for the caller, and keep the cause for the log', () => {
    const cause = new Error('disk full at /secret');
    const error = new MillraceError('encoding_failed', 'ffmpeg ended with an error.', { cause });
    expect(error).to.include({ code: 'encoding_failed', message: 'ffmpeg ended with an error.', cause });
    expect(error.kind).to.deep.equal({
      status: 500,
      title: 'Encoding failed',
      fault: 'operator',
      retryable: true,
    });
    expect(error.violations).to.deep.equal([]);
    expect('cause' in new MillraceError('not_found', 'There is no such video.')).to.equal(false);
  });

  it('stay what they are when they are ours, and hide what they are when not', () => {
    const ours = new MillraceError('too_long', 'The video is too long.');
    expect(toMillraceError(ours)).to.equal(ours);
    for (const thrown of [new TypeError('x is undefined'), 'words', undefined]) {
      const error = toMillraceError(thrown);
      expect(error.code).to.equal('internal');
      expect(error.message).to.not.include('undefined').and.not.include('words');
      expect(error.cause).to.equal(thrown);
    }
  });
});
