/** What `millrace/client` exports, for browsers and Node; `millrace/client/send-file` is for Node alone. */
export * from './client.ts';
export type * from './operations.ts';
export { ProblemError } from './problem-error.ts';
export { type SendTicket, sendBlob } from './send-blob.ts';
