import { expect } from 'chai';
import { continueTrace, traceparentOf } from '../../shared/trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = `00-${traceId}-00f067aa0ba902b7-01`;

describe('a trace', () => {
  it('goes on with a span of its own, and keeps whether it is sampled', () => {
    const trace = continueTrace(parent);
    expect(trace).to.include({ traceId, flags: '01' });
    expect(trace.spanId)
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.equal('00f067aa0ba902b7');
    expect(traceparentOf(trace)).to.equal(`00-${traceId}-${trace.spanId}-01`);
  });

  it('may come in a later version, with more fields', () => {
    expect(continueTrace(`01-${traceId}-00f067aa0ba902b7-00-more`).traceId).to.equal(traceId);
  });

  for (const wrong of [
    undefined,
    '',
    'no trace',
    parent.toUpperCase(),
    `${parent}-more`,
    `ff${parent.slice(2)}`,
    parent.replace(traceId, '0'.repeat(32)),
    parent.replace('00f067aa0ba902b7', '0'.repeat(16)),
  ]) {
    it(`is a new one for ${wrong}`, () => {
      const trace = continueTrace(wrong);
      expect(trace.traceId)
        .to.match(/^[0-9a-f]{32}$/)
        .and.not.equal(traceId);
      expect(trace.flags).to.equal('00');
    });
  }
});
