import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on standard output. Cookies, authorization and signed addresses never get that far. */
export function createLog(level: string, process: string): Log {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['*.cookie', '*.authorization', '*.password', '*.secret', '*.url'],
  });
}
