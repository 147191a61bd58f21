import { z } from 'zod';
import {
  apiKey,
  apiKeyId,
  apiKeyList,
  createdApiKey,
  newApiKey as newApiKeyRequest,
} from '../../shared/contracts/api-keys.ts';
import { mostApiKeys } from '../../shared/db/api-keys.ts';
import { MillraceError } from '../../shared/errors.ts';
import { newApiKey } from '../access/api-key.ts';
import { presentApiKey } from '../present.ts';
import { route } from '../route.ts';

const tag = 'API keys';
const action = 'api-key.manage';
const params = z.strictObject({ apiKeyId });
const headers = { 'Cache-Control': 'no-store' };

export const apiKeyRoutes = [
  route({
    method: 'post',
    path: '/api/api-keys',
    tag,
    summary: 'Make an API key',
    description:
      'For programs: send it as `Authorization: Bearer`. The key is in this reply and nowhere else. It can do what its scopes name and its owner may at that moment; it cannot make or end keys.',
    action,
    body: newApiKeyRequest,
    replies: { 201: { description: 'The key, shown this once', schema: createdApiKey } },
    errors: ['too_many_api_keys'],
    async handle({ body, caller, context }) {
      if (body.scopes.includes('admin') && !caller.roles.includes('admin')) {
        throw new MillraceError('forbidden', 'Only an administrator may make a key with the scope admin.');
      }
      const key = newApiKey();
      const made = await context.db.apiKeys.create({ ...body, ownerId: caller._id }, key);
      if (!made) {
        const message = `An account may have ${mostApiKeys} API keys. Revoke one that is not needed.`;
        throw new MillraceError('too_many_api_keys', message);
      }
      return {
        status: 201,
        headers: { ...headers, Location: `/api/api-keys/${made._id}` },
        body: { ...presentApiKey(made), key },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/api-keys',
    tag,
    summary: 'List my API keys',
    description: 'The newest first, those that have ended in the last 30 days too.',
    action,
    replies: { 200: { description: 'All of them', schema: apiKeyList } },
    errors: [],
    async handle({ caller, context }) {
      const keys = await context.db.apiKeys.of(caller._id);
      return { status: 200, headers, body: { items: keys.map(presentApiKey), nextCursor: null } };
    },
  }),

  route({
    method: 'get',
    path: '/api/api-keys/:apiKeyId',
    tag,
    summary: 'One of my API keys',
    action,
    params,
    replies: { 200: { description: 'The key, without its secret', schema: apiKey } },
    errors: [],
    async handle({ params, permit, context }) {
      const key = permit(await context.db.apiKeys.find(params.apiKeyId));
      return { status: 200, headers, body: presentApiKey(key) };
    },
  }),

  route({
    method: 'delete',
    path: '/api/api-keys/:apiKeyId',
    tag,
    summary: 'Revoke an API key',
    action,
    params,
    replies: { 204: { description: 'It is refused from now on' } },
    errors: [],
    async handle({ params, permit, context }) {
      const key = permit(await context.db.apiKeys.find(params.apiKeyId));
      await context.db.apiKeys.remove(key._id);
      return { status: 204 };
    },
  }),
];
