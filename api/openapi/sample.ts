import type { Components, Json } from './components.ts';

const schemaPath = '#/components/schemas/';

const formats: Record<string, string> = {
  'date-time': '2026-03-01T12:00:00.000Z',
  uri: 'https://video.example/',
};

/** An example of what fits a schema, from the examples, words and defaults that its fields have. */
export function sample(schema: Json, { schemas }: Components): unknown {
  const from = (part: Json): unknown => {
    if (typeof part.$ref === 'string') return from(schemas[part.$ref.slice(schemaPath.length)] ?? {});
    if (Array.isArray(part.examples)) return part.examples[0];
    if ('const' in part) return part.const;
    if ('default' in part) return part.default;
    if (Array.isArray(part.enum)) return part.enum[0];
    const [first] = (part.anyOf ?? part.oneOf ?? []) as Json[];
    if (first) return from(first);
    const [type] = [part.type].flat();
    if (type === 'object') return fieldsOf(part);
    if (type === 'array') return part.items ? [from(part.items as Json)] : [];
    if (type === 'boolean') return true;
    if (type === 'integer' || type === 'number') return part.minimum ?? 1;
    return type === 'null' ? null : (formats[String(part.format)] ?? '');
  };
  const fieldsOf = ({ properties = {} }: Json) =>
    Object.fromEntries(
      Object.entries(properties as Record<string, Json>).map(([name, part]) => [name, from(part)]),
    );
  return from(schema);
}
