import { problem } from '../../shared/contracts/common.ts';
import { type ErrorCode, errorKinds } from '../../shared/errors.ts';
import { errorsOf, type Route } from '../route.ts';
import { isVisited } from '../web/problem-page.ts';
import { type Components, type Json, schemaOf } from './components.ts';
import { headersOf } from './headers.ts';

/** One reply a status, with the codes that a caller can meet under it. The same codes are one component. */
export function problemsOf(route: Route, components: Components): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = errorKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code].sort());
  }
  // What the same codes may differ in: versions, limits, and the types that OAuth 2 clients and browsers want.
  const kinds = {
    Outside: !route.path.startsWith('/api/'),
    Unlimited: route.limit === null,
    Form: route.form === true,
    Visited: hasPage(route),
  };
  const suffix = Object.entries(kinds).flatMap(([name, isSo]) => (isSo ? [name] : []));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const name = `${codes.map(pascalCase).join('Or')}${suffix.join('')}`;
      components.responses[name] ??= problemOf(route, status, codes, components);
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

function problemOf(route: Route, status: number, codes: ErrorCode[], components: Components): Json {
  const known = schemaOf(problem, components, 'output');
  const words = codes.map((code) => `\`${code}\` (${errorKinds[code].title})`);
  // With types: generators of clients merge both by these, and leave out a reply where they cannot.
  const narrowed = {
    type: 'object',
    properties: { status: { type: 'integer', enum: [status] }, code: { type: 'string', enum: codes } },
  };
  const media = {
    schema: { allOf: [known, narrowed] },
    examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(route.path, code) }])),
  };
  return {
    description: `A problem: ${words.join(', ')}`,
    headers: headersOf(route, status),
    content: {
      ...Object.fromEntries(
        ['application/problem+json', ...(route.form ? ['application/json'] : [])].map((type) => [
          type,
          media,
        ]),
      ),
      ...(hasPage(route) ? { 'text/html': { schema: { type: 'string' } } } : {}),
    },
  };
}

const hasPage = ({ method, path }: Route) => method === 'get' && isVisited(path);

function exampleOf(path: string, code: ErrorCode): Json {
  const { status, title } = errorKinds[code];
  return {
    type: `urn:millrace:problem:${code}`,
    title,
    status,
    detail: `${title}.`,
    instance: path.startsWith('/api/') ? '/api/videos/5f2b8c0e9d3a4b6c7d8e9f01' : '/readyz',
    code,
    errorId: '0b6ff0a4-5f3c-4f0e-9d0c-0a3c0f0a6f11',
  };
}

function pascalCase(code: string): string {
  return code.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
}
