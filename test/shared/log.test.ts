import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { pino } from 'pino';
import { type Log, lineWriter } from '../../shared/log.ts';

describe('a line that is written again and again', () => {
  /** The lines that `write` leaves, parsed. */
  async function linesOf(level: string, write: (log: Log) => void): Promise<object[]> {
    const stream = new PassThrough();
    write(
      pino({ level, base: { process: 'api' }, formatters: { level: (label) => ({ level: label }) } }, stream),
    );
    stream.end();
    const lines = (await text(stream)).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  }
  const fields = { path: '/a"b\n\u2028', status: 200, milliseconds: 1.25 };

  it('looks like all others, whatever stands in its fields', async () => {
    const [mine, other] = (await linesOf('info', (log) => {
      lineWriter(log, 'said "again"')(JSON.stringify(fields).slice(1, -1));
      log.info(fields, 'said "again"');
    })) as [{ time: string }, { time: number }];
    expect(Object.keys(mine)).to.deep.equal(Object.keys(other));
    expect(mine).to.deep.equal({ ...other, time: mine.time });
    expect(new Date(mine.time).toISOString()).to.equal(mine.time);
    expect(Math.abs(Date.parse(mine.time) - Date.now())).to.be.below(5000);
  });

  it('is not written below its level', async () => {
    expect(await linesOf('warn', (log) => lineWriter(log, 'said')('"status":200'))).to.deep.equal([]);
  });
});
