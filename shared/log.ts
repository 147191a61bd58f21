import { type Logger, pino } from 'pino';

export type Log = Logger;

const flushMilliseconds = 100;

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
