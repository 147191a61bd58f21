import { sessionCookie } from '../access/cookies.ts';
import { type Action, policy, type Row } from '../access/policy.ts';
import type { Json } from './components.ts';

/** How a caller may show who it is. */
export function securitySchemes(publicUrl: string): Json {
  return {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: sessionCookie(publicUrl),
      description:
        'A browser that is signed in: begin at `GET /api/auth/login`. On https the name begins with `__Host-`.',
    },
    token: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'An access token from `POST /api/auth/token`, for programs that act for somebody: `Authorization: Bearer TOKEN`.',
    },
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description:
        'An API key from `POST /api/api-keys`: `Authorization: Bearer KEY`. It can do what its scopes and its owner may.',
    },
  };
}

/** What an action needs, from its row of the policy. */
export function securityOf(action: Action): Json[] {
  const { anonymous, scope }: Row = policy[action];
  return [
    ...(anonymous ? [{}] : []),
    { session: [] },
    { token: [] },
    ...(scope ? [{ apiKey: [scope] }] : []),
  ];
}
