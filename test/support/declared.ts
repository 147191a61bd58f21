import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { apiRoutes } from '../../api/app.ts';
import { openApiDocument } from '../../api/openapi/document.ts';

type Reference = { $ref: string };
type Header = { required?: boolean };
type Versions = Record<string, object>;
type Media = { schema: { anyOf?: object[] }; 'x-versions'?: Versions; 'x-selected'?: Versions };
type ReplyObject = { headers?: Record<string, Header | Reference>; content?: Record<string, Media> };
type OperationObject = { operationId: string; responses: Record<string, ReplyObject | Reference> };

/** A reply as it left the api. */
type SentReply = {
  method: string;
  /** The path, with what follows `?`. */
  url: string;
  status: number;
  headers: Record<string, string>;
  body: Buffer;
};

export const contract = openApiDocument(apiRoutes, '/') as {
  paths: Record<string, Record<string, OperationObject>>;
  components: Record<string, Record<string, object>>;
};

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(contract, 'contract');
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value, by a schema of the contract; '' for nothing. */
export function complaintsAbout(schema: object, value: unknown): string {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"contract#/components/');
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
  compiled.set(text, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors, { dataVar: '' });
}

const operations = Object.entries(contract.paths)
  .flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method,
      operation,
      literals: template.replaceAll(/\{\w+\}/g, '').length,
      pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    })),
  )
  // `{language}.vtt` before `{language}`.
  .sort((a, b) => b.literals - a.literals);

function findOperation(method: string, path: string) {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  return operations.find((one) => one.method === asked && one.pattern.test(path))?.operation;
}

/** How a reply differs from what its operation declares; '' when it does not. Closed: an unknown field is one. */
export function differenceOf({ method, url, status, headers, body }: SentReply): string {
  const [path = '', query = ''] = url.split('?');
  const isSelected = new URLSearchParams(query).has('fields');
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const operation = findOperation(method, path.replace(/^\/api\/v[12]\//, '/api/'));
  if (!operation) return withoutOperation(method, path, status, type, body);
  const declared = operation.responses[status];
  if (!declared) return `${operation.operationId} declares no ${status}`;
  const reply = resolved<ReplyObject>(declared);
  for (const [name, header] of Object.entries(reply.headers ?? {})) {
    const { required } = resolved<Header>(header);
    if (required && !headers[name.toLowerCase()]) return `${status} has no ${name}`;
  }
  if (headers['set-cookie'] && !reply.headers?.['Set-Cookie']) return `${status} declares no Set-Cookie`;
  if (method === 'HEAD') return '';
  if (!reply.content) return body.length > 0 ? `${status} has a body` : '';
  const media = reply.content[type];
  if (!media) return `${status} is ${type || 'without a type'}`;
  const version = headers['x-api-version'] ?? '';
  const [whole] = media['x-selected'] ? (media.schema.anyOf ?? []) : [media.schema];
  const schema =
    (isSelected ? media['x-selected']?.[version] : media['x-versions']?.[version]) ?? whole ?? media.schema;
  return type.endsWith('json') ? complaintsAbout(schema, JSON.parse(body.toString())) : '';
}

/** Pages are no part of the contract; errors are, wherever they happen. */
function withoutOperation(method: string, path: string, status: number, type: string, body: Buffer): string {
  if (type === 'application/problem+json' && method !== 'HEAD') {
    return complaintsAbout({ $ref: '#/components/schemas/Problem' }, JSON.parse(body.toString()));
  }
  const isAnswered = (status === 204 && method === 'OPTIONS') || method === 'HEAD';
  return path.startsWith('/api/') && !isAnswered ? `nothing declares a ${status} here` : '';
}

function resolved<T>(value: T | Reference): T {
  if (!(typeof value === 'object' && value !== null && '$ref' in value)) return value as T;
  const [, , kind = '', name = ''] = (value as Reference).$ref.split('/');
  return contract.components[kind]?.[name] as T;
}
