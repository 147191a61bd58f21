import { stat } from 'node:fs/promises';
import { expect } from 'chai';
import { z } from 'zod';
import { apiRoutes } from '../../api/app.ts';
import { openApiDocument } from '../../api/openapi.ts';
import { errorsOf, type Route } from '../../api/route.ts';
import { isSettled, sendBytes, type Ticket } from '../../scripts/client.ts';
import { problem } from '../../shared/contracts/common.ts';
import { errorKinds } from '../../shared/errors.ts';
import { clip } from '../support/clips.ts';
import { goodPassword, newAddress, storeAccount } from '../support/local-accounts.ts';
import { pictureFile } from '../support/pictures.ts';
import { uploadWithStoryboard } from '../support/storyboards.ts';
import { type System, startSystem } from '../support/system.ts';

type Operation = { operationId: string; responses: Record<string, object> };

const addressOf = ({ method, path }: Route) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;

/** The schema with every object in it closed, so that an undeclared field is refused too. */
function closed(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape as Record<string, z.ZodType>);
    return z.strictObject(Object.fromEntries(fields.map(([name, field]) => [name, closed(field)])));
  }
  if (schema instanceof z.ZodArray) return z.array(closed(schema.element as z.ZodType));
  if (schema instanceof z.ZodNullable) return closed(schema.unwrap() as z.ZodType).nullable();
  if (schema instanceof z.ZodOptional) return closed(schema.unwrap() as z.ZodType).optional();
  return schema;
}

describe('the contract', () => {
  const document = openApiDocument(apiRoutes, 'https://video.example');
  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ address: `${method} ${path}`, ...operation })),
  );
  let system: System;

  before(async () => {
    system = await startSystem({ LOCAL_ACCOUNTS: 'true' });
    await system.startWorker();
  });
  after(() => system.stop());

  it('is what the api serves, and has every route once', async () => {
    const response = await fetch(`${system.url}/openapi.json`);
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    expect(await response.json()).to.deep.equal(
      JSON.parse(JSON.stringify(openApiDocument(apiRoutes, system.url))),
    );
    expect(operations.map(({ address }) => address).sort()).to.deep.equal(apiRoutes.map(addressOf).sort());
  });

  it('has no reference that leads nowhere or to itself, and no schema that nothing leads to', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    const { schemas } = document.components as { schemas: Record<string, object> };
    const named = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set([...references].map(([, target = '']) => target))]).to.have.members(named);
    const empty = Object.keys(schemas).filter((name) => !('type' in (schemas[name] ?? {})));
    expect(empty, 'schemas that say nothing').to.deep.equal([]);
  });

  it('names every type of a body that is no JSON', () => {
    const { put } =
      (document.paths as Record<string, Record<string, { requestBody: object }>>)[
        '/api/videos/{videoId}/captions/{language}'
      ] ?? {};
    const schema = { type: 'string', maxLength: 1024 ** 2 };
    expect(put?.requestBody).to.deep.equal({
      required: true,
      content: Object.fromEntries(
        ['text/vtt', 'application/x-subrip', 'text/plain'].map((type) => [type, { schema }]),
      ),
    });
  });

  it('names each operation once', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect([...new Set(names)]).to.deep.equal(names);
    for (const name of names) expect(name).to.match(/^[a-z][A-Za-z0-9]+$/);
  });

  it('lists every status that a route declares', () => {
    for (const route of apiRoutes) {
      const found = operations.find(({ address }) => address === addressOf(route));
      const expected = [
        ...Object.keys(route.replies),
        ...errorsOf(route).map((code) => String(errorKinds[code].status)),
      ];
      expect(Object.keys(found?.responses ?? {}), addressOf(route)).to.have.members([...new Set(expected)]);
    }
  });

  it('closes schemas all the way down', () => {
    const schema = closed(z.object({ a: z.array(z.object({ b: z.string().nullable() })).optional() }));
    expect(schema.safeParse({ a: [{ b: null }] }).success).to.equal(true);
    expect(schema.safeParse({ a: [{ b: null, c: 1 }] }).success).to.equal(false);
  });

  it('is kept by every reply, with no field that is not declared', async () => {
    const client = await system.client('demo');
    const about = { category: 'nature', language: 'ar', tags: ['a'], description: 'It is about something.' };
    const { videoId, uploadId } = await uploadWithStoryboard(system, client, await clip(), about);
    await client.follow(videoId, isSettled);
    const picture = await pictureFile('png');
    const { size } = await stat(picture);
    const path = `/api/videos/${videoId}/poster/uploads`;
    const poster = await client.call<Ticket & { posterUploadId: string }>('POST', path, {
      size,
      type: 'image/png',
    });
    await sendBytes(poster, picture, size);
    await client.view(videoId, 'GB');

    /** Calls a route with values for its parameters; gives how the reply differs from what is declared. */
    const checked = new Set<string>();
    async function check(
      address: string,
      values: Record<string, string> = {},
      body?: object | string,
      query = '',
      headers: Record<string, string> = {},
      login: 'demo' | 'viewer' | 'admin' = 'demo',
    ) {
      const route = apiRoutes.find((one) => addressOf(one) === address);
      const path = address.replace(/^\w+ /, '').replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? name);
      const response = await fetch(`${system.url}${path}${query}`, {
        method: route?.method.toUpperCase() ?? 'GET',
        headers: {
          Cookie: await system.cookie(login),
          'Content-Type':
            route?.text?.types[0] ?? (route?.form ? 'application/x-www-form-urlencoded' : 'application/json'),
          ...headers,
        },
        ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
      });
      const { schema, older } = route?.replies[response.status] ?? {};
      const isOlder = response.headers.get('x-api-version') === '1';
      const declared = response.ok ? (isOlder && older) || schema : problem;
      const type = response.ok ? /^application\/json/ : /^application\/problem\+json/;
      expect(response.headers.get('content-type'), address).to.match(type);
      const listed = operations.find((one) => one.address === address)?.responses ?? {};
      expect(Object.keys(listed), address).to.include(String(response.status));
      if (!declared) throw new Error(`${address} declares no reply ${response.status}`);
      expect(closed(declared).safeParse(await response.json()).error?.issues, address).to.equal(undefined);
      if (response.ok) checked.add(address);
    }

    await check('get /api/auth/providers');
    await check('get /api/auth/me');
    await check('get /api/auth/sessions');
    await check('post /api/auth/token', {}, 'grant_type=urn:millrace:session');
    await check('post /api/auth/token', {}, 'grant_type=refresh_token&refresh_token=x');
    await check('get /.well-known/jwks.json');
    const newKey = { name: 'A key', scopes: ['read'] };
    const key = await client.call<{ apiKeyId: string }>('POST', '/api/api-keys', newKey);
    await check('post /api/api-keys', {}, newKey);
    await check('get /api/api-keys');
    await check('get /api/api-keys/{apiKeyId}', key);
    await check('post /api/uploads', {}, { filename: 'a.mp4', size: 9, type: 'video/mp4' });
    await check('get /api/uploads/{uploadId}', { uploadId });
    await check('post /api/uploads/{uploadId}/complete', { uploadId });
    await check('get /api/videos');
    await check('get /api/videos/{videoId}', { videoId });
    const { revision } = await client.video(videoId);
    const seen = { 'If-Match': `"r${revision}"` };
    await check('patch /api/videos/{videoId}', { videoId }, { title: 'Another' }, '', seen);
    await check('patch /api/videos/{videoId}', { videoId }, { title: 'Another' });
    await check('get /api/videos/{videoId}/ladder', { videoId });
    await check('get /api/videos/{videoId}/playback', { videoId });
    const captions = 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n';
    await check('put /api/videos/{videoId}/captions/{language}', { videoId, language: 'en' }, captions);
    await check('get /api/videos/{videoId}/captions', { videoId });
    await check('get /api/videos/{videoId}/poster', { videoId });
    await check('put /api/videos/{videoId}/poster', { videoId }, { time: 1 });
    await check('post /api/videos/{videoId}/poster/uploads', { videoId }, { size: 9, type: 'image/webp' });
    const { posterUploadId } = poster;
    const completing = 'post /api/videos/{videoId}/poster/uploads/{posterUploadId}/complete';
    await check(completing, { videoId, posterUploadId });
    await check('get /api/videos/{videoId}/poster/uploads/{posterUploadId}', { videoId, posterUploadId });
    await check('get /api/videos/{videoId}/storyboard', { videoId });
    for (const version of ['1', '2']) {
      const asked = { 'X-API-Version': version };
      await check('get /api/trending/{region}', { region: 'GB' }, undefined, '', asked);
    }
    await check('post /api/videos/{videoId}/cancel', { videoId });
    await check('post /api/videos/{videoId}/reprocess', { videoId });
    await check('post /api/videos/{videoId}/cancel', { videoId });
    const whatever = { 'If-Match': '*' };
    await check('patch /api/auth/me', {}, { displayName: 'Demo' }, '', whatever);
    await check('patch /api/auth/me', {}, { displayName: 'Demo' });
    const viewer = await (await system.client('viewer')).call<{ userId: string }>('GET', '/api/auth/me');
    const { userId } = viewer;
    await check('get /api/users', {}, undefined, '?q=v', {}, 'admin');
    await check('get /api/users', {}, undefined, '?page=0', {}, 'admin');
    await check('get /api/users/{userId}', { userId }, undefined, '', {}, 'admin');
    await check('patch /api/users/{userId}', { userId }, { roles: ['viewer'] }, '', whatever, 'admin');
    await check('patch /api/users/{userId}', { userId }, { roles: [] }, '', whatever, 'admin');
    await check('get /api/audit', {}, undefined, '', {}, 'admin');
    await check('delete /api/auth/me', {}, undefined, '', {}, 'viewer');
    await check('post /api/uploads', {}, { filename: 1 });
    await check('put /api/videos/{videoId}/captions/{language}', { videoId, language: 'en' }, 'WEBVTT');
    await check('get /api/videos', {}, undefined, '?limit=0');
    await check('get /api/videos/{videoId}', { videoId: '0'.repeat(24) });
    await check('get /api/trending/{region}', { region: 'XX' });
    // The last, as it ends the session.
    await check('post /api/auth/logout', {}, undefined, '?atProvider=true');
    // Last, since it ends the session that the others use.
    const email = newAddress();
    await storeAccount(system, email);
    await check('post /api/auth/login', {}, { email, password: goodPassword });
    const withJson = apiRoutes.filter(({ replies }) => Object.values(replies).some(({ schema }) => schema));
    expect([...checked]).to.have.members(withJson.map(addressOf));
  });

  it('is kept by what machines ask', async () => {
    for (const [path, expected] of [
      ['/healthz', /^ok\n$/],
      ['/readyz', /^ready\n$/],
      ['/metrics', /^millrace_http_request_seconds_count\{.*route="\/healthz",status="200"\} [1-9]/m],
    ] as const) {
      const response = await fetch(`${system.url}${path}`);
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.match(/^text\/plain/);
      expect(await response.text()).to.match(expected);
    }
  });
});
