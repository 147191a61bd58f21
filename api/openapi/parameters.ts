import type { z } from 'zod';
import type { Route } from '../route.ts';
import { declaredQuery } from '../select-fields.ts';
import { versions } from '../versions.ts';
import { type Components, type Json, schemaOf } from './components.ts';
import { hasEtag } from './replies.ts';
import { sample } from './sample.ts';

/** Headers that many operations read. */
export const parameters = {
  Version: {
    name: 'X-API-Version',
    in: 'header',
    description: 'The version of the api to answer in; `/api/v2/...` says the same',
    schema: { type: 'string', enum: versions.map(String), default: String(versions[0]) },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: true,
    description:
      'The ETag of what was read. Only the revision in it counts, which people’s changes raise; `*` is whatever there is',
    schema: { type: 'string' },
    example: '"r3.2jmj7l5rSw0yVb_vlWAYkK_YBwk"',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` of what is there already: 304 when it still is what would be sent',
    schema: { type: 'string' },
    example: '"2jmj7l5rSw0yVb_vlWAYkK_YBwk"',
  },
} as const satisfies Record<string, Json>;

/** What an operation reads from its address and its headers. */
export function parametersOf(route: Route, components: Components): Json[] {
  return [
    ...fieldsOf('path', route.params, components),
    ...fieldsOf('query', declaredQuery(route), components),
    ...(route.path.startsWith('/api/') ? [{ $ref: '#/components/parameters/Version' }] : []),
    ...(route.ifMatch ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ...(hasEtag(route) ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
  ];
}

function fieldsOf(place: 'path' | 'query', schema: z.ZodObject | undefined, components: Components): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, components, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description ? { description } : {}),
    schema: rest,
    ...('examples' in rest ? { example: sample(rest, components) } : {}),
  }));
}
