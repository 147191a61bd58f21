import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Context as KoaContext, Middleware } from 'koa';
import helmet from 'koa-helmet';
import type { ApiContext } from '../context.ts';

type Outside = { play: string | null; poster: string | null };

/**
 * Pages run our own scripts only, and fetch media from the store; players need blob: for Media Source. JSON runs and
 * fetches nothing: it gets what OWASP asks for of REST, half a kilobyte less.
 */
export async function securityHeaders(named: Named): Promise<Middleware> {
  const strictTransportSecurity = named.publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false;
  const ofPages = await headersFrom(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: directivesFor(named) },
      strictTransportSecurity,
      crossOriginEmbedderPolicy: false,
      // Playlists may be fetched by players on other sites.
      crossOriginResourcePolicy: { policy: 'cross-origin' },
    }),
  );
  const directives = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
  const ofJson = await headersFrom(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      strictTransportSecurity,
      frameguard: { action: 'deny' },
      ...{ crossOriginOpenerPolicy: false, crossOriginResourcePolicy: false, originAgentCluster: false },
      ...{
        dnsPrefetchControl: false,
        ieNoOpen: false,
        permittedCrossDomainPolicies: false,
        xssFilter: false,
      },
    }),
  );
  return async ({ response, res }, next) => {
    await next();
    for (const [name, value] of response.type.includes('json') ? ofJson : ofPages) {
      if (!res.hasHeader(name)) res.setHeader(name, value);
    }
  };
}

/** The same policy for one page, which may also play from an address outside, and show a picture from one. */
export async function policyWith(outside: Outside, named: Named): Promise<Record<string, string>> {
  const directives = directivesFor(named, outside);
  return Object.fromEntries(
    await headersFrom(helmet.contentSecurityPolicy({ useDefaults: false, directives })),
  );
}

function directivesFor({ config, publicUrl }: Named, outside: Outside = { play: null, poster: null }) {
  const store = new URL(config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT).origin;
  const player = outside.play ? [new URL(outside.play).origin] : [];
  const picture = outside.poster ? [new URL(outside.poster).origin] : [];
  return {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // Media controls and the api's documentation set styles on their elements.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:', store, ...picture],
    connectSrc: ["'self'", store, ...player],
    // hls.js gives each text track an empty source of its own.
    mediaSrc: ["'self'", 'blob:', 'data:', store, ...player],
    workerSrc: ["'self'", 'blob:'],
    fontSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
    ...(publicUrl.startsWith('https:') ? { upgradeInsecureRequests: [] } : {}),
  };
}

type Named = Pick<ApiContext, 'config' | 'publicUrl'>;

/**
 * What a middleware sets is the same for every request: it runs once, since a dozen checked headers cost as much as a
 * reply.
 */
async function headersFrom(middleware: Middleware): Promise<[string, string][]> {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  await middleware({ req, res } as KoaContext, async () => {});
  return res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]);
}
