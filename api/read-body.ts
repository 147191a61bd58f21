import type { Context as KoaContext } from 'koa';
import { koaBody } from 'koa-body';
import { MillraceError } from '../shared/errors.ts';
import { boundJson } from './bound-json.ts';

const bodyLimit = 100 * 1024;
const notJson = 'The body is not valid JSON.';
const nothingElse = { text: false, multipart: false };
const jsonBody = koaBody({ ...nothingElse, jsonLimit: bodyLimit, jsonStrict: true, urlencoded: false });
const formBody = koaBody({ ...nothingElse, formLimit: bodyLimit, json: false });

/** @throws MillraceError unsupported_media_type, body_too_large or invalid_json */
export async function readJson(ctx: KoaContext): Promise<unknown> {
  const { bytes } = ctx.state;
  const body = bytes ? parseJson(bytes) : await readParsed(ctx, 'application/json', jsonBody, notJson);
  boundJson(body);
  return body;
}

/** What was read before: UTF-8, as `jsonBody` reads it. */
function parseJson(bytes: Buffer): unknown {
  try {
    const body = JSON.parse(bytes.toString());
    if (typeof body === 'object' && body !== null) return body;
  } catch (error) {
    throw new MillraceError('invalid_json', notJson, { cause: error });
  }
  throw new MillraceError('invalid_json', notJson);
}

/** @throws MillraceError unsupported_media_type, body_too_large or invalid_request */
export function readForm(ctx: KoaContext): Promise<unknown> {
  return readParsed(ctx, 'application/x-www-form-urlencoded', formBody, 'The body is not a valid form.');
}

async function readParsed(
  ctx: KoaContext,
  type: string,
  read: ReturnType<typeof koaBody>,
  complaint: string,
): Promise<unknown> {
  if (!ctx.request.is(type === 'application/json' ? 'json' : type)) {
    throw new MillraceError('unsupported_media_type', `Send a body with Content-Type: ${type}.`);
  }
  try {
    await read(ctx, async () => {});
  } catch (error) {
    if ((error as { status?: number }).status === 413) {
      throw new MillraceError('body_too_large', `A body may have ${bodyLimit} bytes at most.`);
    }
    const code = type === 'application/json' ? 'invalid_json' : 'invalid_request';
    throw new MillraceError(code, complaint, { cause: error });
  }
  return ctx.request.body;
}

/**
 * Reads a body of one of these types as bytes, so that what is no UTF-8 is not quietly replaced.
 * @throws MillraceError unsupported_media_type or body_too_large.
 */
export async function readText(
  ctx: KoaContext,
  { types, mostBytes }: { types: string[]; mostBytes: number },
): Promise<{ type: string; bytes: Buffer }> {
  const type = ctx.request.is(types);
  if (!type) {
    throw new MillraceError(
      'unsupported_media_type',
      `Send a body with Content-Type: ${types.join(' or ')}.`,
    );
  }
  if (ctx.request.charset && !/^utf-?8$/i.test(ctx.request.charset)) {
    throw new MillraceError('unsupported_media_type', 'Send the text in UTF-8.');
  }
  if (ctx.get('Content-Encoding') && ctx.get('Content-Encoding') !== 'identity') {
    throw new MillraceError('unsupported_media_type', 'Send the text as it is, without a Content-Encoding.');
  }
  const parts: Buffer[] = [];
  let size = 0;
  // The request must outlive a body that is refused: the reply goes over the same connection.
  for await (const part of ctx.req.iterator({ destroyOnReturn: false })) {
    size += part.length;
    if (size > mostBytes) {
      throw new MillraceError('body_too_large', `A body may have ${mostBytes} bytes at most.`);
    }
    parts.push(part);
  }
  return { type, bytes: Buffer.concat(parts) };
}
