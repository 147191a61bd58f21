import type { z } from 'zod';
import type { ReplyDeclaration, Route } from '../route.ts';
import { replySchemas } from '../select-fields.ts';
import { type Components, type Json, schemaOf } from './components.ts';
import { type HeaderName, headersOf } from './headers.ts';
import { problemsOf } from './problems.ts';
import { sample } from './sample.ts';

/** What an operation may answer: the replies that it declares, and a problem for each other status. */
export function repliesOf(route: Route, components: Components): Json {
  const declared = Object.entries(route.replies).map(([status, reply]): [string, Json] => [
    status,
    replyOf(route, Number(status), reply, components),
  ]);
  const unchanged = hasEtag(route)
    ? {
        304: {
          description: 'What `If-None-Match` names is still true',
          headers: headersOf(route, 304, ['ETag']),
        },
      }
    : {};
  // Node's own answer, before there is a request that could be looked at.
  components.responses.HeadersTooLarge ??= {
    description: 'Address and headers have more than 16 KiB together',
  };
  return {
    ...Object.fromEntries(declared),
    ...unchanged,
    ...problemsOf(route, components),
    431: { $ref: '#/components/responses/HeadersTooLarge' },
  };
}

/** Whatever is read whole has an entity tag; a stream has none. */
export function hasEtag({ method, replies }: Route): boolean {
  const { schema, type } = replies[200] ?? {};
  return method === 'get' && (schema !== undefined || (type !== undefined && type !== 'text/event-stream'));
}

function replyOf(
  route: Route,
  status: number,
  { description, schema, older, type, setsCookie }: ReplyDeclaration,
  components: Components,
): Json {
  const others: HeaderName[] = [];
  if (status === 200 && (hasEtag(route) || route.ifMatch)) others.push('ETag');
  if (setsCookie) others.push('Set-Cookie');
  if (older) others.push('Deprecation', 'Sunset');
  const reply = { description, headers: headersOf(route, status, others) };
  if (!schema) {
    // Of a stream only the parts would have a schema, which OpenAPI 3.1 cannot say.
    const media = type === 'text/event-stream' ? {} : { schema: { type: 'string' } };
    return type ? { ...reply, content: { [type]: media } } : reply;
  }
  return { ...reply, content: { 'application/json': jsonOf(route, schema, older, components) } };
}

/** A reply differs by version, and where fields can be chosen: which is which is said for programs. */
function jsonOf(route: Route, schema: z.ZodType, older: z.ZodType | undefined, components: Components): Json {
  const of = (one: z.ZodType) =>
    replySchemas(route, { description: '', schema: one }).map((part) => schemaOf(part, components, 'output'));
  const [now = {}, selected] = of(schema);
  const [before, selectedBefore] = older ? of(older) : [];
  const all = [now, before, selected, selectedBefore].filter((one) => one !== undefined);
  const example = sample(now, components);
  return {
    schema: all.length === 1 ? now : { anyOf: all },
    ...(before
      ? { examples: { 'version 2': { value: example }, 'version 1': { value: sample(before, components) } } }
      : { example }),
    ...(before ? { 'x-versions': { 1: before, 2: now } } : {}),
    ...(selected ? { 'x-selected': { 1: selectedBefore ?? selected, 2: selected } } : {}),
  };
}
