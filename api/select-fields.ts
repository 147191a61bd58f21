import { z } from 'zod';
import type { Reply, ReplyDeclaration, Route } from './route.ts';
import { type Version, versions } from './versions.ts';

type Body = Record<string, unknown>;

/** `fields=a,b` of a route in one version. */
type Selection = {
  /** The route's query with `fields`: known names, which leave it each once, in the order of the schema. */
  query: z.ZodObject;
  /** A reply with these fields alone; one whose body is no object was made with them. */
  pick(reply: Reply, fields: readonly string[]): Reply;
};

/** Undefined where fields cannot be chosen. */
export function selectionOf(route: Route, version: Version): Selection | undefined {
  const schema = goodReply(route, version);
  if (!schema) return undefined;
  const { list, item } = placeOf(route, schema);
  const known = Object.keys(item.shape);
  const fields = paramOf(known).transform((asked) => known.filter((name) => asked.split(',').includes(name)));
  return {
    query: queryOf(route).extend({ fields: fields.optional() }),
    pick: (reply, fields) =>
      isObject(reply.body) ? { ...reply, body: pickFields(reply.body, fields, list) } : reply,
  };
}

/** The query as the document shows it, which has one operation for all versions. */
export function declaredQuery(route: Route): z.ZodObject | undefined {
  const schemas = [...versions].reverse().flatMap((version) => goodReply(route, version) ?? []);
  if (schemas.length === 0) return route.query;
  const known = new Set(schemas.flatMap((schema) => Object.keys(placeOf(route, schema).item.shape)));
  return queryOf(route).extend({ fields: paramOf([...known]).optional() });
}

function queryOf({ query }: Route): z.ZodObject {
  return query ?? z.strictObject({});
}

/** The schemas that a reply may follow: that of each version, and with some of the fields only. */
export function replySchemas(route: Route, { schema, older }: ReplyDeclaration): z.ZodType[] {
  const all = [schema, older].filter((one) => one !== undefined);
  return route.selectable ? all.flatMap((one) => [one, withSome(route, one)]) : all;
}

function goodReply({ replies, selectable }: Route, version: Version): z.ZodType | undefined {
  const { schema, older } = replies[200] ?? {};
  return selectable && (version === 1 ? (older ?? schema) : schema);
}

/** Where the fields stand: in each item of the only list of objects, or in the reply itself. */
function placeOf({ selectable, path }: Route, schema: z.ZodType): { list?: string; item: z.ZodObject } {
  if (schema instanceof z.ZodObject && selectable === 'whole') return { item: schema };
  for (const [list, field] of Object.entries(schema instanceof z.ZodObject ? schema.shape : {})) {
    if (field instanceof z.ZodArray && field.element instanceof z.ZodObject) {
      return { list, item: field.element };
    }
  }
  throw new Error(`Of what ${path} gives no fields can be chosen.`);
}

function paramOf(known: string[]): z.ZodString {
  const name = `(?:${known.join('|')})`;
  return z
    .string()
    .max(1000)
    .regex(new RegExp(`^${name}(?:,${name})*$`), `must be some of these, with commas: ${known.join(', ')}`)
    .meta({ description: 'Only these fields, with commas between', example: known.slice(0, 2).join(',') });
}

/** Of each item of a list, else of the whole. */
export function pickFields(body: Body, fields: readonly string[], list?: string): Body {
  if (list === undefined) return pickFrom(body, fields);
  return { ...body, [list]: (body[list] as Body[]).map((item) => pickFrom(item, fields)) };
}

function isObject(body: Reply['body']): body is Body & object {
  return typeof body === 'object' && !Buffer.isBuffer(body) && !('pipe' in body);
}

function pickFrom(whole: Body, fields: readonly string[]): Body {
  return Object.fromEntries(fields.map((name) => [name, whole[name]]));
}

function withSome(route: Route, schema: z.ZodType): z.ZodType {
  const { list, item } = placeOf(route, schema);
  const some = list ? (schema as z.ZodObject).extend({ [list]: z.array(item.partial()) }) : item.partial();
  const { id } = schema.meta() ?? {};
  return id ? some.meta({ id: `${id}Selection` }) : some;
}
