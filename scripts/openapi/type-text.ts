type Schema = {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  description?: string;
};

/** JSON Schema, as much of it as the contracts use, as the text of a TypeScript type. */
export function typeText(schema: Schema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? '';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((word) => JSON.stringify(word)));
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return union(either.map(typeText));
  if (schema.allOf) return schema.allOf.map((part) => `(${typeText(part)})`).join(' & ');
  const types = [schema.type ?? 'unknown'].flat();
  return union(types.map((type) => plainText(type, schema)));
}

/** A field as it stands in an object type, with what is said of it. */
export function fieldText(name: string, schema: Schema, isRequired: boolean): string {
  const comment = schema.description ? `/** ${schema.description.replaceAll('*/', '* /')} */\n` : '';
  const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
  return `${comment}${key}${isRequired ? '' : '?'}: ${typeText(schema)};`;
}

function plainText(type: string, { properties, required = [], additionalProperties, items }: Schema): string {
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') return `(${items ? typeText(items) : 'unknown'})[]`;
  if (type !== 'object') return type;
  if (!properties) {
    return `Record<string, ${typeof additionalProperties === 'object' ? typeText(additionalProperties) : 'unknown'}>`;
  }
  const fields = Object.entries(properties).map(([name, part]) =>
    fieldText(name, part, required.includes(name)),
  );
  return `{\n${fields.join('\n')}\n}`;
}

function union(texts: string[]): string {
  return [...new Set(texts)].join(' | ');
}
