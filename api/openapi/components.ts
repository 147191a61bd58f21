import { z } from 'zod';

export type Json = Record<string, unknown>;

/** What operations share by reference; each part is added by the first that needs it. */
export type Components = { schemas: Record<string, Json>; responses: Record<string, Json> };

type Direction = 'input' | 'output';

const widest = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

/** A schema as a media type or parameter holds it: named ones are moved to the components, and a reference is left. */
export function schemaOf(schema: z.ZodType, { schemas }: Components, io: Direction): Json {
  const converted = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema as Json, io),
  });
  const { $schema: _, $defs, ...json } = inComponents(converted) as Json & { $defs?: Record<string, Json> };
  for (const [name, definition] of Object.entries($defs ?? {})) keep(schemas, name, definition);
  const id = schema.meta()?.id;
  // A named schema that holds other named ones is itself among the definitions, and only a reference is left.
  if (!id || '$ref' in json) return json;
  keep(schemas, id, json);
  return { $ref: `#/components/schemas/${id}` };
}

function keep(schemas: Record<string, Json>, name: string, { id: _, ...definition }: Json): void {
  const known = schemas[name];
  if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
    throw new Error(`Two schemas are called ${name}.`);
  }
  schemas[name] = definition;
}

/** The examples as JSON Schema 2020-12 spells them; that the api sends safe integers only goes without saying. */
function tidy(json: Json, io: Direction): void {
  if ('example' in json) {
    json.examples = [json.example];
    delete json.example;
  }
  if (io === 'input') return;
  if (json.minimum === widest.minimum) delete json.minimum;
  if (json.maximum === widest.maximum) delete json.maximum;
}

function inComponents(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
