import { z } from 'zod';
import { problem } from '../shared/contracts/common.ts';
import { type ErrorCode, errorKinds } from '../shared/errors.ts';
import { policy } from './access/policy.ts';
import { errorsOf, type Route } from './route.ts';
import { declaredQuery, replySchemas } from './select-fields.ts';

type Json = Record<string, unknown>;

const version = '0.1.0';
const security = [{ session: [] }, { bearer: [] }];

const ifMatch: Json = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description:
    'The ETag of what was read. Only the revision in it counts, which people’s changes raise; `*` is whatever there is',
  schema: { type: 'string' },
  example: '"r3.2jmj7l5rSw0yVb_vlWAYkK_YBwk"',
};

/** The OpenAPI 3.1 document of the very routes that are served. */
export function openApiDocument(routes: Route[], publicUrl: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version,
      summary: 'A self-hostable video backend',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { ...schemas },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'millrace_session' },
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token (JWT) or an API key' },
      },
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const parameters = [
    ...parametersOf('path', route.params, schemas),
    ...parametersOf('query', declaredQuery(route), schemas),
    ...(route.ifMatch ? [ifMatch] : []),
  ];
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: policy[route.action].anonymous ? [{}, ...security] : security,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: contentOf(route, route.body, schemas),
          },
        }
      : {}),
    responses: { ...repliesOf(route, schemas), ...problemsOf(route, schemas) },
  };
}

function contentOf({ text, form }: Route, body: z.ZodType, schemas: Json): Json {
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  if (!text) return { [type]: { schema: reference(body, schemas, 'input') } };
  const schema = { type: 'string', maxLength: text.mostBytes };
  return Object.fromEntries(text.types.map((type) => [type, { schema }]));
}

/** `get /api/videos/:videoId/playback` -> `getVideosPlayback`, with `By...` where only parameters tell apart. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace(/^\/api/, '')
    .split(/[/.]/)
    .filter(Boolean)
    .map((word) => (word.startsWith(':') ? `By-${word.slice(1)}` : word));
  return [method, ...words]
    .join('-')
    .replaceAll(/[^a-zA-Z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined, schemas: Json): Json[] {
  if (!schema) return [];
  const json = toJson(schema, schemas, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(json.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || (json.required ?? []).includes(name),
    ...(description ? { description } : {}),
    schema: rest,
  }));
}

function repliesOf(route: Route, schemas: Json): Json {
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, reply]) => [
      status,
      {
        description: reply.description,
        ...(reply.schema
          ? { content: { 'application/json': { schema: anyOf(replySchemas(route, reply), schemas) } } }
          : {}),
        ...(reply.type ? { content: { [reply.type]: { schema: { type: 'string' } } } } : {}),
      },
    ]),
  );
}

function anyOf(possible: z.ZodType[], schemas: Json): Json {
  const references = possible.map((schema) => reference(schema, schemas, 'output'));
  return references.length === 1 ? (references[0] as Json) : { anyOf: references };
}

/** One entry a status: the codes that a caller can meet under it. */
function problemsOf(route: Route, schemas: Json): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = reference(problem, schemas, 'output');
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: `A problem: ${codes.join(', ')}`, content: { 'application/problem+json': { schema } } },
    ]),
  );
}

function reference(schema: z.ZodType, schemas: Json, io: 'input' | 'output'): Json {
  const json = toJson(schema, schemas, io);
  const id = schema.meta()?.id;
  // A named schema that holds other named ones is itself moved to the components, and only a reference is left.
  if (!id || '$ref' in json) return json;
  schemas[id] = json;
  return { $ref: `#/components/schemas/${id}` };
}

/** JSON Schema 2020-12; named schemas inside move to the document's components. */
function toJson(schema: z.ZodType, schemas: Json, io: 'input' | 'output'): Json {
  const converted = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  const { $schema: _, $defs, id: __, ...json } = rewriteReferences(converted) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs ?? {})) {
    const { id: _, ...rest } = definition as Json;
    schemas[name] ??= rest;
  }
  return json;
}

function rewriteReferences(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
