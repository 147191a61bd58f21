import { write, writeSync } from 'node:fs';

const flushMilliseconds = 100;
/** So many characters are written before time is up. */
const writeFrom = 32 * 1024;
/** So many wait at most, when nothing takes them. */
const mostWaiting = 16 * 1024 ** 2;
const lastTryMilliseconds = 1000;

export type LineOutput = { write(line: string): void };

/**
 * Lines for a file descriptor. They wait for each other up to a tenth of a second, since a write for each costs a
 * request as much as the rest of its log, and whoever writes a line waits for nothing: a disk that is busy with others'
 * writes kept all requests for up to 75 ms, and a pipe that nobody reads would keep them for good. What cannot be
 * written is tried again, and is kept up to a bound; `onTaken` gets the number of lines that were dropped, once lines
 * are taken again. When the process exits what is left is written first.
 *
 * Not by pino's own (sonic-boom 4.2): that looks through all that waits with each line, and where the disk is full it
 * lets no process end.
 */
export function lineOutput(fd: number, onTaken: (dropped: number) => void): LineOutput {
  let waiting = '';
  let bytes = Buffer.alloc(0);
  let isWriting = false;
  let hasFailed = false;
  let isClosed = false;
  let dropped = 0;

  function flush(): void {
    if (isWriting || hasFailed) return;
    if (bytes.length === 0) {
      bytes = Buffer.from(waiting);
      waiting = '';
    }
    if (bytes.length === 0) return;
    isWriting = true;
    write(fd, bytes, (error, written) => {
      isWriting = false;
      if (error) return fail(error);
      bytes = bytes.subarray(written);
      if (bytes.length > 0 || waiting.length >= writeFrom) return flush();
      const lost = dropped;
      dropped = 0;
      if (lost > 0) onTaken(lost);
    });
  }

  function fail({ code }: NodeJS.ErrnoException): void {
    hasFailed = true;
    // Nobody will ever read it.
    if (code !== 'EPIPE') return;
    isClosed = true;
    waiting = '';
    bytes = Buffer.alloc(0);
  }

  /** Of what is just being written nobody knows how much is left. */
  function writeRest(): void {
    let rest = Buffer.concat([...(isWriting ? [] : [bytes]), Buffer.from(waiting)]);
    const end = performance.now() + lastTryMilliseconds;
    while (rest.length > 0 && performance.now() < end) {
      try {
        rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      }
    }
  }

  setInterval(() => {
    hasFailed = false;
    flush();
  }, flushMilliseconds).unref();
  process.on('exit', writeRest);

  return {
    write(line) {
      if (isClosed) return;
      if (waiting.length + bytes.length + line.length > mostWaiting) {
        dropped += 1;
        return;
      }
      waiting += line;
      if (waiting.length >= writeFrom) flush();
    },
  };
}
