import type { Middleware } from 'koa';
import helmet from 'koa-helmet';
import type { ApiContext } from '../context.ts';

/** Pages run our own scripts only, and fetch media from the store; players need blob: for Media Source. */
export function securityHeaders({ config, publicUrl }: ApiContext): Middleware {
  const store = new URL(config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT).origin;
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Media controls and the api's documentation set styles on their elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', store],
        connectSrc: ["'self'", store],
        // hls.js gives each text track an empty source of its own.
        mediaSrc: ["'self'", 'blob:', 'data:', store],
        workerSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000 } : false,
    crossOriginEmbedderPolicy: false,
    // Playlists may be fetched by players on other sites.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
}
