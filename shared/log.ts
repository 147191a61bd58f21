import { type Logger, pino } from 'pino';
import { type LineOutput, lineOutput } from './line-output.ts';

export type Log = Logger;

const info = pino.levels.values.info ?? 30;

/** One for all logs of a process. */
let output: LineOutput | undefined;

/** JSON lines on standard output. Cookies, authorization and signed addresses never get that far. */
export function createLog(level: string, process: string): Log {
  output ??= lineOutput(1, (lines) =>
    log.warn({ lines }, 'lines of the log were dropped: nothing took them'),
  );
  const log = pino(
    {
      level,
      base: { process },
      timestamp: timeField,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['*.cookie', '*.authorization', '*.password', '*.secret', '*.url'],
    },
    output,
  );
  return log;
}

/**
 * Writes lines of the level `info` that say the same kind of thing again and again, as one for each request. They look
 * like all others, but pino would need a third of all the time that a short request takes. `members` is JSON without
 * the braces; nothing is looked for in it, so there must be nothing to hide.
 */
export function lineWriter(log: Log, message: string): (members: string) => void {
  const bound = JSON.stringify(log.bindings()).slice(1, -1);
  const end = `,"msg":${JSON.stringify(message)}}\n`;
  const stream = (log as unknown as Record<symbol, LineOutput>)[pino.symbols.streamSym];
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
