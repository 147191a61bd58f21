import type { z } from 'zod';
import type { Route } from '../route.ts';
import { type Components, type Json, schemaOf } from './components.ts';
import { parametersOf } from './parameters.ts';
import { repliesOf } from './replies.ts';
import { sample } from './sample.ts';
import { securityOf } from './security.ts';

/** One route as an OpenAPI operation. */
export function operationOf(route: Route, components: Components): Json {
  const parameters = parametersOf(route, components);
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    security: securityOf(route.action),
    ...(route.limit === null ? {} : { 'x-rate-limit-class': route.limit ?? 'rest' }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: contentOf(route, route.body, components) } }
      : {}),
    responses: repliesOf(route, components),
  };
}

/** `get /api/videos/:videoId/playback` -> `getVideosByVideoIdPlayback`. */
export function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    .replace(/^\/api/, '')
    .split(/[/.]/)
    .filter(Boolean)
    .map((word) => (word.startsWith(':') ? `By-${word.slice(1)}` : word));
  return [method, ...words]
    .join('-')
    .replaceAll(/[^a-zA-Z0-9]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

function contentOf({ text, form }: Route, body: z.ZodType, components: Components): Json {
  if (!text) {
    const schema = schemaOf(body, components, 'input');
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    return { [type]: { schema, example: sample(schema, components) } };
  }
  const schema = { type: 'string', maxLength: text.mostBytes };
  return Object.fromEntries(text.types.map((type) => [type, { schema }]));
}
