import { type Logger, pino } from 'pino';

export type Log = Logger;

const flushMilliseconds = 100;
const info = pino.levels.values.info ?? 30;

/**
 * JSON lines on standard output. Cookies, authorization and signed addresses never get that far. Lines wait for each
 * other up to a tenth of a second, since a write for each costs a request as much as the rest of its log; what ends
 * the process is written before it ends.
 */
export function createLog(level: string, process: string): Log {
  return pino(
    {
      level,
      base: { process },
      timestamp: timeField,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['*.cookie', '*.authorization', '*.password', '*.secret', '*.url'],
    },
    output(),
  );
}

/**
 * Writes lines of the level `info` that say the same kind of thing again and again, as one for each request. They look
 * like all others, but pino would need a third of all the time that a short request takes. `members` is JSON without the
 * braces; nothing is looked for in it, so there must be nothing to hide.
 */
export function lineWriter(log: Log, message: string): (members: string) => void {
  const bound = JSON.stringify(log.bindings()).slice(1, -1);
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[pino.symbols.streamSym];
  return (members) => {
    if (log.levelVal > info) return;
    stream?.write(`{"level":"info"${timeField()},${bound},${members}${end}`);
  };
}

let second = 0;
let written = '';

/** ISO 8601, of which all but the milliseconds is written once a second. */
function timeField(): string {
  const now = Date.now();
  const milliseconds = now % 1000;
  if (now - milliseconds !== second) {
    second = now - milliseconds;
    written = new Date(second).toISOString().slice(0, -4);
  }
  return `,"time":"${written}${String(milliseconds).padStart(3, '0')}Z"`;
}

type Output = ReturnType<typeof pino.destination>;
let shared: Output | undefined;

/** One for all logs of a process. */
function output(): Output {
  if (shared) return shared;
  const opened = pino.destination({
    fd: 1,
    sync: true,
    minLength: 8 * 1024,
    periodicFlush: flushMilliseconds,
  });
  process.on('exit', () => opened.flushSync());
  shared = opened;
  return opened;
}
