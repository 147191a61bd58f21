import type { RequestListener, Server } from 'node:http';

/** So few that a turn ends within a millisecond, so many that the turns themselves cost nothing to speak of. */
const mostInTurn = 8;

/**
 * Lets new connections in while others are busy. Node takes one connection in a turn of its loop (libuv 1.45 and
 * later), and a turn that answers 400 requests lasts 20 ms: of 100 clients that came at once beside those, the last
 * waited for 2 s. So while connections come, a turn begins few requests; the others wait for the next, first come first
 * served. When a turn has taken no connection, none waits, and everything is begun as it comes.
 *
 * Of one connection one request waits at most. Node stops reading from a client that leaves its replies unread, and
 * sees no replies of requests that wait: somebody who sends the next without an end, and connects meanwhile, would fill
 * the memory.
 */
export function shortTurns(server: Server, answer: RequestListener): RequestListener {
  const waiting: Parameters<RequestListener>[] = [];
  let mayBegin = Number.POSITIVE_INFINITY;
  let taken = false;

  server.on('connection', () => {
    taken = true;
    if (mayBegin < Number.POSITIVE_INFINITY) return;
    mayBegin = mostInTurn;
    setImmediate(turn);
  });

  function turn(): void {
    mayBegin = taken ? mostInTurn : Number.POSITIVE_INFINITY;
    taken = false;
    while (mayBegin > 0) {
      const next = waiting.shift();
      if (next === undefined) break;
      begin(...next);
    }
    if (mayBegin < Number.POSITIVE_INFINITY) setImmediate(turn);
  }

  function begin(...[request, response]: Parameters<RequestListener>): void {
    mayBegin -= 1;
    // Who has gone meanwhile is not answered.
    if (!request.socket.destroyed) answer(request, response);
  }

  return (...next) => {
    const [, response] = next;
    // Pipelined: the socket still is that of a reply before. All wait no longer, so that the order stays.
    if (response.socket === null) for (const one of waiting.splice(0)) begin(...one);
    if (mayBegin > 0 && waiting.length === 0) begin(...next);
    else waiting.push(next);
  };
}
