import { type IncomingMessage, ServerResponse } from 'node:http';

/**
 * Replies that say, once `stopping` is aborted, that their connection ends with them. Otherwise a client that keeps its
 * connections sends the next request into one that is closed at that moment, and cannot know whether it was carried
 * out.
 */
export function lastReplies(stopping: AbortSignal): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse<IncomingMessage> {
    // Every way to send headers goes through here. The rest is passed on as it came.
    override writeHead(status: number, ...rest: never[]): this {
      if (stopping.aborted) this.shouldKeepAlive = false;
      return super.writeHead(status, ...(rest as []));
    }
  };
}
