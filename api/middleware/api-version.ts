import type { Middleware } from 'koa';
import { MillraceError } from '../../shared/errors.ts';
import { type Version, versions } from '../versions.ts';

const inPath = /^\/api\/v([0-9]+)(?=\/)/;

/** Which version of the api is asked, by `X-API-Version` or by `/api/v2/...`; the reply names it. */
export function apiVersion(): Middleware {
  return (ctx, next) => {
    ctx.state.version = versions[0];
    if (!ctx.path.startsWith('/api/')) return next();
    const [prefix, written] = inPath.exec(ctx.path) ?? [];
    // A header that is there and empty names a version that is not known.
    const header = ctx.req.headers['x-api-version']?.toString();
    const asked = header ?? written;
    ctx.vary('X-API-Version');
    // A refusal, too, is in some version.
    ctx.set('X-API-Version', String(ctx.state.version));
    if (asked !== undefined) ctx.state.version = known(asked);
    ctx.set('X-API-Version', String(ctx.state.version));
    if (prefix) {
      if (header !== undefined && header !== written) {
        throw new MillraceError('unknown_version', 'The path and X-API-Version name different versions.');
      }
      ctx.path = `/api${ctx.path.slice(prefix.length)}`;
      return next().then(() => {
        // Who follows it asks in the same version.
        const to: string = ctx.response.get('Location') || '';
        if (to.startsWith('/api/')) ctx.set('Location', `${prefix}${to.slice('/api'.length)}`);
      });
    }
    return next();
  };
}

function known(asked: string): Version {
  const found = versions.find((version) => String(version) === asked);
  if (found) return found;
  throw new MillraceError('unknown_version', `Known versions of the api are ${versions.join(' and ')}.`);
}
