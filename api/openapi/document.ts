import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '../route.ts';
import type { Components, Json } from './components.ts';
import { headers } from './headers.ts';
import { operationOf } from './operation.ts';
import { parameters } from './parameters.ts';
import { securitySchemes } from './security.ts';
import { tagsOf } from './tags.ts';

/** That of the package, which is in the image too. */
const manifest = join(import.meta.dirname, '..', '..', 'package.json');
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

/** The OpenAPI 3.1 document of the very routes that are served. */
export function openApiDocument(routes: Route[], publicUrl: string): Json {
  const components: Components = { schemas: {}, responses: {} };
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route, components) };
  }
  const text = JSON.stringify([paths, components]);
  const used = (kind: string, all: Record<string, Json>) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)),
    );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version,
      summary: 'A self-hostable video backend',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    tags: tagsOf(routes),
    paths,
    components: {
      ...components,
      headers: used('headers', headers),
      parameters: used('parameters', parameters),
      securitySchemes: securitySchemes(publicUrl),
    },
  };
}
