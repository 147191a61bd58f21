import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Middleware } from 'koa';

const here = dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
/** A file beside a package's main one; not every package exports its package.json. */
const packaged = (name: string, file: string) => join(dirname(resolve(name)), file);

/** The files that pages load, all from our own origin: ours, and those that come with npm packages. */
const files: Record<string, { path: string; type: string; without?: string }> = {
  'watch.js': { path: join(here, 'watch.js'), type: 'text/javascript' },
  'tell-views.js': { path: join(here, 'tell-views.js'), type: 'text/javascript' },
  'watch.css': { path: join(here, 'watch.css'), type: 'text/css' },
  'account.js': { path: join(here, 'account.js'), type: 'text/javascript' },
  'page.css': { path: join(here, 'page.css'), type: 'text/css' },
  'docs.js': { path: join(here, 'docs.js'), type: 'text/javascript' },
  'reference.js': { path: join(here, 'reference.js'), type: 'text/javascript' },
  'reference.css': { path: join(here, 'reference.css'), type: 'text/css' },
  'hls.js': { path: packaged('hls.js', 'hls.min.js'), type: 'text/javascript' },
  'media-chrome.js': { path: packaged('media-chrome', '../iife/all.js'), type: 'text/javascript' },
  'swagger-ui.js': { path: packaged('swagger-ui-dist', 'swagger-ui-bundle.js'), type: 'text/javascript' },
  'redoc.js': {
    path: packaged('redoc', 'redoc.standalone.js'),
    type: 'text/javascript',
    // A small picture beside the maker's name, from a stranger's host.
    without: 'https://cdn.redoc.ly/redoc/logo-mini.svg',
  },
  'swagger-ui.css': { path: packaged('swagger-ui-dist', 'swagger-ui.css'), type: 'text/css' },
};

/** Serves `/assets/NAME` from memory, with an etag. */
export async function serveAssets(): Promise<Middleware> {
  const loaded = new Map<string, { body: Buffer; type: string; etag: string }>();
  for (const [name, { path, type, without }] of Object.entries(files)) {
    const read = await readFile(path);
    const body = without ? Buffer.from(read.toString().replaceAll(without, 'data:,')) : read;
    loaded.set(`/assets/${name}`, {
      body,
      type,
      etag: createHash('sha256').update(body).digest('base64url'),
    });
  }
  return (ctx, next) => {
    const asset = loaded.get(ctx.path);
    if (!asset || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.state.route = '/assets';
    ctx.status = 200;
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.etag = asset.etag;
    ctx.type = asset.type;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = asset.body;
    return undefined;
  };
}
