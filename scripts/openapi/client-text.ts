import { fieldText, typeText } from './type-text.ts';

type Schema = Parameters<typeof typeText>[0];
type Versions = Record<string, Schema>;
type Media = { schema?: Schema; 'x-versions'?: Versions; 'x-selected'?: Versions };
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema };
type Reply = { $ref?: string; content?: Record<string, Media> };
type Operation = {
  operationId: string;
  summary: string;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Reply>;
};
export type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** The types and the table of operations of the typed client, as TypeScript. */
export function clientText({ paths, components }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return [
    '// Made of the contracts by `npm run openapi`; what is changed by hand is lost.',
    ...Object.entries(components.schemas).map(
      ([name, schema]) => `export type ${name} = ${typeText(schema)};`,
    ),
    `/** What each operation takes and gives; \`older\` is what version 1 gives, where that differs. */
export type Operations = {\n${operations.map(({ operation }) => operationText(operation)).join('\n')}\n};`,
    `/** Method, address and, where there is one, the type of the body. */
export const operations = {\n${operations.map(rowText).join('\n')}\n} as const;`,
  ].join('\n\n');
}

function operationText(operation: Operation): string {
  const { operationId, summary } = operation;
  return `/** ${summary} */\n${operationId}: { takes: ${takesText(operation)}; ${givesText(operation)} };`;
}

/** Parameters and `body` side by side; `type` says what the body is, where there is a choice. */
function takesText({ operationId, parameters = [], requestBody }: Operation): string {
  const fields = parameters.flatMap((parameter) =>
    'name' in parameter
      ? [
          fieldText(
            parameter.name,
            { ...parameter.schema, ...described(parameter) },
            parameter.required ?? false,
          ),
        ]
      : [],
  );
  const names = parameters.flatMap((parameter) => ('name' in parameter ? [parameter.name] : []));
  if (requestBody) {
    const [first] = Object.values(requestBody.content);
    const types = Object.keys(requestBody.content);
    fields.push(fieldText('body', first?.schema ?? {}, true));
    if (types.length > 1) fields.push(fieldText('type', { enum: types }, true));
    names.push('body', 'type');
  }
  if (new Set(names).size < names.length) throw new Error(`${operationId} has two things of one name.`);
  return fields.length > 0 ? `{\n${fields.join('\n')}\n}` : 'Record<never, never>';
}

function described({ description }: Parameter): { description?: string } {
  return description ? { description } : {};
}

/** Operations that only lead elsewhere give the address that they lead to. */
function givesText({ responses }: Operation): string {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  if (good.length === 0) return 'leads: true';
  const media = good.flatMap(([, { content }]) => Object.entries(content ?? {}));
  const texts = (pick: (media: Media) => Schema | undefined) =>
    [...new Set(media.map(([type, one]) => bodyText(type, pick(one))))].join(' | ') || 'undefined';
  const has = (key: 'x-versions' | 'x-selected') => media.some(([, one]) => one[key]);
  // What is whole stands first among all that a reply may be.
  const whole = (one: Media) => (one['x-selected'] ? one.schema?.anyOf?.[0] : one.schema);
  const fields = [`gives: ${texts((one) => one['x-versions']?.[2] ?? whole(one))}`];
  if (has('x-versions')) fields.push(`older: ${texts((one) => one['x-versions']?.[1] ?? whole(one))}`);
  if (has('x-selected')) fields.push(`selected: ${texts((one) => one['x-selected']?.[2])}`);
  if (has('x-selected') && has('x-versions'))
    fields.push(`olderSelected: ${texts((one) => one['x-selected']?.[1])}`);
  return fields.join('; ');
}

function bodyText(type: string, schema: Schema = {}): string {
  if (type === 'application/json') return typeText(schema);
  return type === 'text/event-stream' ? 'ReadableStream<Uint8Array>' : 'string';
}

function rowText({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}): string {
  const types = Object.keys(operation.requestBody?.content ?? {});
  const body = types.length === 0 ? [] : types.length > 1 ? ['text'] : types;
  return `${operation.operationId}: ${JSON.stringify([method.toUpperCase(), path, ...body])},`;
}
