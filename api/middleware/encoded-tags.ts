import type { Middleware } from 'koa';

const suffix = /-(?:br|gzip)"/g;

/**
 * A strong entity tag names bytes, and those of a compressed reply are others: it gets a tag of its own on the way out,
 * by which clients may ask again (RFC 9110, 8.8.3.3). Inside, a tag is that of the reply as it was made.
 */
export function encodedTags(): Middleware {
  return async (ctx, next) => {
    const { headers } = ctx.req;
    const asked = headers['if-none-match'];
    const coding = asked && /-(br|gzip)"/.exec(asked)?.[1];
    if (coding) headers['if-none-match'] = asked.replaceAll(suffix, '"');
    const matched = headers['if-match'];
    if (matched) headers['if-match'] = matched.replaceAll(suffix, '"');
    // Who takes none of them, and nothing plain either, gets it plain (RFC 9110, 12.5.3); koa-compress would throw.
    if (!ctx.acceptsEncodings('br', 'gzip', 'identity')) ctx.compress = false;
    await next();
    const made = ctx.status === 304 ? coding : ctx.response.get('Content-Encoding');
    const tag = ctx.response.headers.etag as string | undefined;
    if (made && tag?.startsWith('"')) ctx.set('ETag', `${tag.slice(0, -1)}-${made}"`);
  };
}
