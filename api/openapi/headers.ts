import type { Route } from '../route.ts';
import type { Json } from './components.ts';

const text = (description: string, example: string): Json => ({
  description,
  schema: { type: 'string' },
  example,
});

/** Every header that a reply may carry and a caller may want to read. */
export const headers = {
  'X-Request-Id': {
    ...text(
      'The id of the request, which the log carries. One that is sent (8 to 64 of A-Z a-z 0-9 _ -) is taken over',
      '0b6ff0a4-5f3c-4f0e-9d0c-0a3c0f0a6f11',
    ),
    required: true,
  },
  'X-API-Version': {
    description: 'The version of the api that the reply is in',
    schema: { type: 'string', enum: ['1', '2'] },
    example: '1',
    required: true,
  },
  RateLimit: text('What is left of each limit, and the seconds until it is whole again', '"rest";r=599;t=60'),
  'RateLimit-Policy': text(
    'The limits that count here: how many requests in how many seconds',
    '"rest";q=600;w=60',
  ),
  'Retry-After': {
    description: 'Seconds to wait before the next try',
    schema: { type: 'integer', minimum: 0 },
    example: 5,
    required: true,
  },
  ETag: text(
    'Names the state of what was sent; for `If-None-Match` and `If-Match`',
    '"2jmj7l5rSw0yVb_vlWAYkK_YBwk"',
  ),
  'WWW-Authenticate': { ...text('How to show who asks (RFC 6750)', 'Bearer'), required: true },
  Location: {
    description: 'Where what was made is found, or where to go on',
    schema: { type: 'string', format: 'uri-reference' },
    example: '/api/uploads/6a1c0e9d3a4b6c7d8e9f0123',
    required: true,
  },
  'Set-Cookie': text(
    'Sets or removes the cookie of the session, or of a sign-in that is under way',
    'millrace_session=Zk3v…; path=/; samesite=lax; httponly; max-age=1209600',
  ),
  Deprecation: text('Since when version 1 is discouraged here (RFC 9745)', '@1796083200'),
  Sunset: text('When version 1 ends here (RFC 8594)', 'Wed, 01 Dec 2027 00:00:00 GMT'),
} as const satisfies Record<string, Json>;

export type HeaderName = keyof typeof headers;

/** References to those that a route's replies of one status have. */
export function headersOf(
  { path, limit }: Pick<Route, 'path' | 'limit'>,
  status: number,
  others: HeaderName[] = [],
): Json {
  const names: HeaderName[] = ['X-Request-Id'];
  if (path.startsWith('/api/')) names.push('X-API-Version');
  if (limit !== null) names.push('RateLimit', 'RateLimit-Policy');
  if (status === 401) names.push('WWW-Authenticate');
  if (status === 201 || [301, 302, 303, 307, 308].includes(status)) names.push('Location');
  if (status === 429 || status === 503) names.push('Retry-After');
  return Object.fromEntries(
    [...names, ...others].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}
