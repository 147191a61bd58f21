import { randomUUID } from 'node:crypto';

/** Where a piece of work stands in a trace (W3C Trace Context, level 1). */
type Trace = { traceId: string; spanId: string; flags: string };

const form = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?=-|$)/;

/** A span of its own: in the trace that `traceparent` names, else in a new one. What is malformed counts as absent. */
export function continueTrace(traceparent?: string): Trace {
  // `ff` is no version, and version 00 has no more than these four fields.
  const isKnown =
    traceparent !== undefined &&
    !traceparent.startsWith('ff') &&
    (traceparent.length === 55 || !traceparent.startsWith('00'));
  const [, traceId, flags] = (isKnown && form.exec(traceparent)) || [];
  return {
    traceId: traceId ?? randomUUID().replaceAll('-', ''),
    spanId: newSpanId(),
    flags: flags ?? '00',
  };
}

/** Of a UUID, whose randomness Node.js draws ahead: eight bytes drawn for themselves cost five times as much. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}

export function traceparentOf({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
