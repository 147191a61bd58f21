import { once, setMaxListeners } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Config } from '../shared/config.ts';
import { type Context, createContext } from '../shared/context.ts';
import { listen } from '../shared/listen.ts';
import type { Log } from '../shared/log.ts';
import { createPasswordHashing } from './access/password-hashing.ts';
import { createProviders } from './access/providers.ts';
import { createRecentCallers } from './access/recent-callers.ts';
import { openSigningKeys } from './access/signing-keys.ts';
import { createTokens } from './access/tokens.ts';
import { createApp } from './app.ts';
import { clientAddressReader } from './client-address.ts';
import { limitConnections } from './limits/connections.ts';
import { lastReplies } from './limits/last-replies.ts';
import { createLimits } from './limits/limits.ts';
import { shortTurns } from './limits/short-turns.ts';
import { chooseMailer } from './mail/choose-mailer.ts';
import { createOutbox } from './mail/outbox.ts';
import { trendingLists } from './trending-list.ts';
import { createViewing } from './viewing.ts';

/**
 * Connections that may wait to be taken, as far as the system lets them (Linux: 4096). When they may not, they try
 * again a second later.
 */
const mostWaiting = 4096;

export type RunningApi = { url: string; port: number; log: Log; context: Context; stop(): Promise<void> };

/** Connects, listens and answers. With API_PORT=0 the port is a free one, and `url` tells which. */
export async function startApi(config: Config): Promise<RunningApi> {
  const context = await createContext(config, 'api');
  const { log } = context;
  const addressOf = clientAddressReader(config.TRUSTED_PROXIES);
  const limits = createLimits(config, context.redis, log, addressOf);
  const stopping = new AbortController();
  const server = createServer({
    ServerResponse: lastReplies(stopping.signal),
    // A client that sends slowly is cut off, so that a handful of them cannot hold every connection.
    requestTimeout: config.REQUEST_SECONDS * 1000,
    headersTimeout: (config.REQUEST_SECONDS * 1000) / 3,
    connectionsCheckingInterval: 500,
  });
  limitConnections(server, config.TRUSTED_PROXIES);
  // Who comes before the app is made waits for it: Node would leave them without an answer.
  const early: Parameters<RequestListener>[] = [];
  const keep: RequestListener = (...next) => early.push(next);
  server.on('request', keep);
  const outbox = createOutbox(chooseMailer(config, log), log);
  const viewing = createViewing(context);
  // Every open stream listens.
  setMaxListeners(0, stopping.signal);
  // Longer than a load balancer's, so that it is never us who closes a connection about to be used.
  server.keepAliveTimeout = 75_000;
  try {
    await listen(server, 'API', { host: config.API_HOST, port: config.API_PORT, backlog: mostWaiting });
    const { port } = server.address() as AddressInfo;
    const publicUrl = config.PUBLIC_URL ?? `http://${config.API_HOST}:${port}`;
    const answer = await createApp({
      ...context,
      publicUrl,
      tokens: createTokens(context, openSigningKeys(context), publicUrl),
      recentCallers: createRecentCallers(),
      limits,
      addressOf,
      providers: createProviders(config),
      passwordHashing: createPasswordHashing(context.metrics),
      outbox,
      trending: trendingLists(context),
      viewing,
      stopping: stopping.signal,
    });
    const begin = shortTurns(server, answer);
    server.off('request', keep).on('request', begin);
    for (const next of early) begin(...next);
    log.info({ url: publicUrl, port }, 'api started');
    return {
      url: publicUrl,
      port,
      log,
      context,
      async stop() {
        stopping.abort();
        await closed(server, config.SHUTDOWN_GRACE_SECONDS);
        limits.close();
        await outbox.close(5);
        await context.close();
      },
    };
  } catch (error) {
    server.close();
    limits.close();
    await context.close();
    throw error;
  }
}

/** Takes no more requests and waits for those under way, each of whose connections goes once it is answered. */
async function closed(server: Server, graceSeconds: number): Promise<void> {
  const gone = once(server, 'close');
  // That of HTTP would at once reset who has just sent the next request: it is answered, and told that it was the last.
  NetServer.prototype.close.call(server);
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const late = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  await gone;
  clearInterval(idle);
  clearTimeout(late);
}
