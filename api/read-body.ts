import type { Context as KoaContext } from 'koa';
import { koaBody } from 'koa-body';
import { MillraceError } from '../shared/errors.ts';
import { boundJson } from './bound-json.ts';

const bodyLimit = 100 * 1024;
const notJson = 'The body is not valid JSON.';
/** A character a byte: koa-body itself would quietly put another character for what is no UTF-8. */
const jsonBody = koaBody({
  ...{ text: true, textTypes: ['json'], textLimit: bodyLimit, encoding: 'binary' },
  ...{ json: false, urlencoded: false, multipart: false },
});
const formBody = koaBody({ text: false, multipart: false, formLimit: bodyLimit, json: false });
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws MillraceError unsupported_media_type, body_too_large or invalid_json */
export async function readJson(ctx: KoaContext): Promise<unknown> {
  // Some were read before.
  const bytes: Buffer = ctx.state.bytes ?? (await readBytes(ctx));
  // Nothing is as good as no members: the schema says which are needed.
  const body = bytes.length === 0 ? {} : parseJson(bytes);
  boundJson(body);
  return body;
}

async function readBytes(ctx: KoaContext): Promise<Buffer> {
  const read = await readParsed(ctx, 'application/json', jsonBody, notJson);
  return Buffer.from(typeof read === 'string' ? read : '', 'latin1');
}

function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    throw new MillraceError('invalid_json', 'The body is not in UTF-8.', { cause: error });
  }
  try {
    const body = JSON.parse(text);
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
