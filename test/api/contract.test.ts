import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { convert } from 'openapi-to-postmanv2';
import { apiRoutes } from '../../api/app.ts';
import { openApiDocument } from '../../api/openapi/document.ts';
import { errorsOf, type Route } from '../../api/route.ts';
import { isSettled } from '../../scripts/client.ts';
import { filesOfTheContract } from '../../scripts/openapi.ts';
import { sendFile } from '../../shared/client/send-file.ts';
import { errorKinds } from '../../shared/errors.ts';
import { clip } from '../support/clips.ts';
import { complaintsAbout, contract, differenceOf } from '../support/declared.ts';
import { pictureFile } from '../support/pictures.ts';
import { uploadWithStoryboard } from '../support/storyboards.ts';
import { type System, startSystem } from '../support/system.ts';

type Schema = {
  type?: string | string[];
  enum?: unknown;
  const?: unknown;
  format?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
};
type Media = { schema?: Schema; example?: unknown; examples?: Record<string, { value: unknown }> };
type Body = { content?: Record<string, Media> };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: object[];
  'x-rate-limit-class': string;
  parameters?: { name?: string; description?: string; example?: unknown; schema?: Schema }[];
  requestBody?: Body;
  responses: Record<string, Body & { description?: string; $ref?: string }>;
};

const root = join(import.meta.dirname, '..', '..');
const addressOf = ({ method, path }: Route) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    address: `${method} ${path}`,
    ...(operation as unknown as Operation),
  })),
);

/** Every schema inside one, itself too, with where it stands. */
function partsOf(schema: Schema, where: string): [string, Schema][] {
  const inside = Object.entries(schema.properties ?? {}).map(([name, part]): [string, Schema] => [
    name,
    part,
  ]);
  if (schema.items) inside.push(['[]', schema.items]);
  for (const part of schema.anyOf ?? []) inside.push(['', part]);
  return [[where, schema], ...inside.flatMap(([name, part]) => partsOf(part, `${where}/${name}`))];
}

describe('the contract', () => {
  it('is committed as it is, and so is the client made of it', async () => {
    for (const [path, text] of Object.entries(filesOfTheContract())) {
      const committed = await readFile(join(root, path), 'utf8');
      expect(committed === text, `${path} is not what "npm run openapi" makes`).to.equal(true);
    }
  });

  it('has the version of the package', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(openApiDocument(apiRoutes, 'http://localhost').info).to.include({ version: manifest.version });
  });

  it('keeps the recommended rules of Redocly', async () => {
    const lint = [join(root, 'node_modules/.bin/redocly'), 'lint', '--format=json', 'api/openapi.json'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    // It ends with 1 when there are errors, and with 0 when there are only warnings.
    const { stdout } = await promisify(execFile)(process.execPath, lint, { cwd: root, env });
    const { problems } = JSON.parse(stdout) as {
      problems: { message: string; location: [{ pointer: string }] }[];
    };
    expect(problems.map(({ message, location }) => `${location[0].pointer}: ${message}`)).to.deep.equal([]);
  });

  it('becomes a request in Postman for each operation', async () => {
    type Item = { item?: Item[]; request?: { method: string; url: { path: string[] } } };
    const collection = await new Promise<Item>((resolve, reject) => {
      convert({ type: 'string', data: JSON.stringify(contract) }, {}, (error, converted) =>
        converted?.result
          ? resolve(converted.output?.[0]?.data as Item)
          : reject(error ?? new Error(converted?.reason)),
      );
    });
    const requests = (item: Item): string[] => [
      ...(item.request ? [`${item.request.method.toLowerCase()} /${item.request.url.path.join('/')}`] : []),
      ...(item.item ?? []).flatMap(requests),
    ];
    const simplified = (address: string) => address.replaceAll(/:\w+|\{+\w+\}+/g, '*');
    expect(requests(collection).map(simplified)).to.have.members(
      operations.map(({ address }) => simplified(address)),
    );
  });

  it('has every route once, each operation with a name of its own', () => {
    expect(operations.map(({ address }) => address).sort()).to.deep.equal(apiRoutes.map(addressOf).sort());
    const names = operations.map(({ operationId }) => operationId);
    expect([...new Set(names)]).to.deep.equal(names);
    for (const name of names) expect(name).to.match(/^[a-z][A-Za-z0-9]+$/);
  });

  it('says of each operation what it does, who may, what it counts against and how it can end', () => {
    for (const route of apiRoutes) {
      const found = operations.find(({ address }) => address === addressOf(route));
      expect(found?.summary, addressOf(route)).to.match(/^\S.{9,}[^.]$/);
      expect(found?.security).to.not.be.empty;
      expect(found?.['x-rate-limit-class']).to.equal(
        route.limit === null ? undefined : (route.limit ?? 'rest'),
      );
      const expected = [
        ...Object.keys(route.replies),
        ...errorsOf(route).map((code) => String(errorKinds[code].status)),
      ];
      expect(Object.keys(found?.responses ?? {}), addressOf(route)).to.include.members(expected);
    }
  });

  it('says of each group of operations what it is about', () => {
    const { tags } = contract as unknown as { tags: { name: string; description?: string }[] };
    expect(tags.map(({ name }) => name)).to.have.members([
      ...new Set(operations.flatMap(({ tags }) => tags)),
    ]);
    for (const { name, description } of tags) expect(description, name).to.match(/^\S.{9,}\.$/);
  });

  it('says of what narrows a problem the types too, by which generators of clients merge it with the rest', () => {
    const replies = (contract.components.responses ?? {}) as Record<string, Body>;
    const narrowed = Object.entries(replies).flatMap(([name, { content = {} }]) =>
      Object.values(content).flatMap(({ schema }) => {
        const { status, code } = schema?.allOf?.[1]?.properties ?? {};
        return schema?.allOf ? [{ name, said: [status?.type, status?.const, code?.type] }] : [];
      }),
    );
    expect(narrowed).to.not.be.empty;
    for (const { name, said } of narrowed) expect(said, name).to.deep.equal(['integer', undefined, 'string']);
  });

  it('names every type of a body that is no JSON', () => {
    const schema = { type: 'string', maxLength: 1024 ** 2 };
    const put = operations.find(({ address }) => address === 'put /api/videos/{videoId}/captions/{language}');
    const content = put?.requestBody?.content ?? {};
    expect(Object.keys(content)).to.deep.equal(['text/vtt', 'application/x-subrip', 'text/plain']);
    for (const media of Object.values(content)) expect(media.schema).to.deep.equal(schema);
  });

  it('has examples for every parameter and body, which keep their schemas', () => {
    let examples = 0;
    const check = (where: string, schema: Schema, values: unknown[]) => {
      expect(values, `examples of ${where}`).to.not.be.empty;
      for (const value of values) expect(complaintsAbout(schema, value), where).to.equal('');
      examples += values.length;
    };
    const checkBody = (where: string, { content = {} }: Body) => {
      for (const [type, { schema, example, examples = {} }] of Object.entries(content)) {
        const values = Object.values(examples).map(({ value }) => value);
        if (!schema) continue;
        const isText = schema.type === 'string';
        if (!isText || example !== undefined)
          check(`${where} ${type}`, schema, example === undefined ? values : [example]);
      }
    };
    for (const { address, parameters = [], requestBody, responses } of operations) {
      for (const { name, description, schema, example } of parameters) {
        if (!schema) continue;
        expect(description, `${address} ${name}`).to.match(/^\S/);
        const isPlain = 'enum' in schema || 'const' in schema || 'default' in schema;
        if (!isPlain || example !== undefined) check(`${address} ${name}`, schema, [example]);
      }
      if (requestBody) checkBody(address, requestBody);
      for (const [status, reply] of Object.entries(responses)) checkBody(`${address} ${status}`, reply);
    }
    for (const [name, reply] of Object.entries(contract.components.responses ?? {})) checkBody(name, reply);
    expect(examples).to.be.greaterThan(100);
  });

  it('has an example, words or a format for every text in it', () => {
    const silent = Object.entries(contract.components.schemas ?? {})
      .flatMap(([name, schema]) => parts(name, schema))
      .filter(([, { type, enum: words, const: word, format, examples }]) => {
        return [type].flat().includes('string') && !words && word === undefined && !format && !examples;
      });
    expect(silent.map(([where]) => where)).to.deep.equal([]);
    /** What an example of the whole says need not be said of its parts. */
    function parts(where: string, schema: Schema): [string, Schema][] {
      if (schema.examples) return [];
      const inside = partsOf(schema, where);
      const told = inside.filter(([, { examples }]) => examples).map(([place]) => `${place}/`);
      return inside.filter(([place]) => !told.some((one) => place.startsWith(one)));
    }
  });

  it('closes every object, so that no field leaves undeclared', () => {
    const open = Object.entries(contract.components.schemas ?? {})
      .flatMap(([name, schema]) => partsOf(schema as Schema, name))
      .filter(
        ([, { type, additionalProperties }]) => type === 'object' && additionalProperties === undefined,
      );
    expect(open.map(([where]) => where)).to.deep.equal([]);
  });

  it('has no reference that leads nowhere, and no part that nothing leads to', () => {
    const references = JSON.stringify(contract).matchAll(/"\$ref":"([^"]+)"/g);
    const { securitySchemes: _, ...shared } = contract.components;
    const named = Object.entries(shared).flatMap(([kind, parts]) =>
      Object.keys(parts).map((name) => `#/components/${kind}/${name}`),
    );
    expect([...new Set([...references].map(([, target = '']) => target))]).to.have.members(named);
  });

  describe('is what is served:', () => {
    let system: System;
    before(async () => {
      system = await startSystem();
      await system.startWorker();
    });
    after(() => system.stop());

    it('the document', async () => {
      const response = await fetch(`${system.url}/openapi.json`);
      expect(response.headers.get('content-type')).to.match(/^application\/json/);
      expect(await response.json()).to.deep.equal(
        JSON.parse(JSON.stringify(openApiDocument(apiRoutes, system.url))),
      );
    });

    it('every reply of the whole test run, of which a wrong one is told', async () => {
      const response = await fetch(`${system.url}/api/trending/GB`);
      const body = Buffer.from(await response.arrayBuffer());
      const sent = {
        method: 'GET',
        url: '/api/trending/GB',
        status: 200,
        headers: Object.fromEntries(response.headers),
        body,
      };
      const changed = (change: object) =>
        Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ...change }));
      expect(differenceOf(sent)).to.equal('');
      expect(differenceOf({ ...sent, status: 418 })).to.match(/declares no 418/);
      expect(differenceOf({ ...sent, body: changed({ more: 1 }) })).to.match(/additional properties/);
      expect(differenceOf({ ...sent, body: changed({ total: '1' }) })).to.match(/total must be integer/);
      expect(differenceOf({ ...sent, headers: {} })).to.match(/has no X-Request-Id/);
      const text = { ...sent.headers, 'content-type': 'text/plain' };
      expect(differenceOf({ ...sent, headers: text })).to.match(/is text\/plain/);
      expect(differenceOf({ ...sent, url: '/api/nothing' })).to.match(/nothing declares/);
      const cookie = { ...sent.headers, 'set-cookie': 'a=b' };
      expect(differenceOf({ ...sent, headers: cookie })).to.match(/declares no Set-Cookie/);
    });

    it('what the typed client asks of a video', async () => {
      const client = await system.client('demo');
      const { api } = client;
      const about = {
        category: 'nature',
        language: 'ar',
        tags: ['a'],
        description: 'It is about something.',
      };
      const { videoId, uploadId } = await uploadWithStoryboard(system, client, await clip(), about);
      await client.follow(videoId, isSettled);
      const size = (await stat(await pictureFile('png'))).size;
      const poster = await api.postVideosByVideoIdPosterUploads({
        videoId,
        body: { size, type: 'image/png' },
      });
      await sendFile(poster, await pictureFile('png'));
      await client.view(videoId, 'GB');
      const { posterUploadId } = poster;
      const body = 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n';

      expect((await api.getAuthMe()).displayName).to.equal('Demo Creator');
      expect((await api.getUploadsByUploadId({ uploadId })).state).to.equal('completed');
      expect((await api.getVideos({ mine: 'true' })).items).to.have.length(1);
      expect((await api.getVideosByVideoIdLadder({ videoId })).profile).to.equal('default');
      expect((await api.getVideosByVideoIdPlayback({ videoId })).isFinal).to.equal(true);
      const captions = { videoId, language: 'en', body, type: 'text/vtt' } as const;
      expect((await api.putVideosByVideoIdCaptionsByLanguage(captions)).cues).to.equal(1);
      expect((await api.getVideosByVideoIdCaptions({ videoId })).items).to.have.length(1);
      expect((await api.getVideosByVideoIdPoster({ videoId })).source).to.equal('auto');
      await api.putVideosByVideoIdPoster({ videoId, body: { time: 1 } });
      await api.postVideosByVideoIdPosterUploadsByPosterUploadIdComplete({ videoId, posterUploadId });
      expect((await api.getVideosByVideoIdStoryboard({ videoId })).sheets).to.have.length(1);
      expect((await api.getTrendingByRegion({ region: 'GB' })).region).to.equal('GB');
      expect((await api.postVideosByVideoIdReprocess({ videoId })).state).to.equal('uploaded');
      expect((await api.postVideosByVideoIdCancel({ videoId })).error?.code).to.equal('cancelled');
    });

    it('what machines ask', async () => {
      for (const [path, expected] of [
        ['/healthz', /^ok\n$/],
        ['/readyz', /^ready\ntrending: .*\n$/],
        ['/metrics', /^millrace_http_request_seconds_count\{.*route="\/healthz",status="200"\} [1-9]/m],
      ] as const) {
        const response = await fetch(`${system.url}${path}`);
        expect(response.status).to.equal(200);
        expect(response.headers.get('content-type')).to.match(/^text\/plain/);
        expect(await response.text()).to.match(expected);
      }
    });
  });
});
