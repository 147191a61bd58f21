import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createClient, ProblemError } from '../../shared/client/index.ts';
import { type System, startSystem } from '../support/system.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** What a client sends, and nothing else happens. */
async function sent(options: Partial<Parameters<typeof createClient>[0]>, ask: (client: Asking) => unknown) {
  const seen: { url: string; init: RequestInit }[] = [];
  const client = createClient({
    url: 'https://video.example',
    ...options,
    fetch: async (url, init) => {
      seen.push({ url: String(url), init: init ?? {} });
      return Response.json({});
    },
  });
  await ask(client as Asking);
  const [{ url, init } = { url: '', init: {} }] = seen;
  return { url, ...init, headers: Object.fromEntries(new Headers(init.headers)) };
}
type Asking = ReturnType<typeof createClient>;

describe('the typed client', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  it('fills paths and queries, escaped, and leaves out what is not given', async () => {
    const { url, method } = await sent({}, (client) =>
      client.getTrendingByRegion({ region: 'a/b', limit: 5, category: undefined as never }),
    );
    expect([method, url]).to.deep.equal(['GET', 'https://video.example/api/trending/a%2Fb?limit=5']);
    const client = createClient({ url: 'https://video.example' });
    const videoId = '5f2b8c0e9d3a4b6c7d8e9f01';
    const address = client.addressOf('getVideosByVideoIdPosterJpg', { videoId, width: 320 });
    expect(address).to.equal(`https://video.example/api/videos/${videoId}/poster.jpg?width=320`);
  });

  it('sends a body as its operation takes it', async () => {
    const views = await sent({}, (client) =>
      client.postVideosByVideoIdViews({ videoId: 'v', body: { position: 12, watchedSeconds: 11 } }),
    );
    expect(views.body).to.equal('{"position":12,"watchedSeconds":11}');
    expect(views.headers['content-type']).to.equal('application/json');
    const captions = await sent({}, (client) =>
      client.putVideosByVideoIdCaptionsByLanguage({
        ...{ videoId: 'v', language: 'en', title: 'A & B' },
        ...{ body: 'WEBVTT\n', type: 'text/vtt' as const },
      }),
    );
    expect(captions.body).to.equal('WEBVTT\n');
    expect(captions.headers['content-type']).to.equal('text/vtt');
    expect(captions.url).to.equal('https://video.example/api/videos/v/captions/en?title=A+%26+B');
  });

  it('shows who asks by cookie, token or API key, and names the version', async () => {
    const me = (client: Asking) => client.getAuthMe();
    expect((await sent({ credentials: { cookie: 'a=b' } }, me)).headers.cookie).to.equal('a=b');
    expect((await sent({ credentials: { cookie: true } }, me)).credentials).to.equal('include');
    expect((await sent({}, me)).headers).to.deep.equal({});
    const token = async () => 'fresh';
    expect((await sent({ credentials: { token } }, me)).headers.authorization).to.equal('Bearer fresh');
    expect((await sent({ credentials: { apiKey: 'k' } }, me)).headers.authorization).to.equal('Bearer k');
    const second = createClient({ url: system.url, version: 2 });
    const { headers } = await second.ask('getTrendingByRegion', { region: 'GB' });
    expect(headers.get('x-api-version')).to.equal('2');
  });

  it('throws a problem as an error with its code', async () => {
    const client = createClient({ url: system.url });
    const refused = await client.getAuthMe().catch((error) => error);
    expect(refused).to.be.instanceOf(ProblemError);
    expect(refused).to.include({ code: 'not_signed_in', status: 401 });
    expect(refused.problem.instance).to.equal('/api/auth/me');
    const elsewhere = createClient({
      url: system.url,
      fetch: async () => new Response('no gateway', { status: 502 }),
    });
    expect(String(await elsewhere.getAuthMe().catch((error) => error))).to.match(/answered 502: no gateway/);
    const busy = createClient({
      url: system.url,
      fetch: async () =>
        Response.json(
          { status: 429, code: 'too_many_requests', detail: 'Wait.' },
          {
            status: 429,
            headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '7' },
          },
        ),
    });
    expect((await busy.getAuthMe().catch((error) => error)).retryAfterSeconds).to.equal(7);
  });

  it('gives status and headers when asked, by which one may ask again for less', async () => {
    const client = createClient({ url: system.url });
    const { status, headers } = await client.ask('getVideos');
    expect(status).to.equal(200);
    const again = await client.ask('getVideos', {}, { ifNoneMatch: headers.get('etag') ?? '' });
    expect([again.status, again.data]).to.deep.equal([304, undefined]);
  });

  it('stops when its signal says so', async () => {
    const asked = new AbortController();
    const reason = new Error('enough');
    asked.abort(reason);
    const client = createClient({ url: system.url });
    expect(await client.getVideos({}, { signal: asked.signal }).catch((error) => error)).to.equal(reason);
  });

  it('is what the package exports: JavaScript and types, with no server in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-client-'));
    try {
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'shared/client/tsconfig.json'], { cwd: root });
      await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
      await mkdir(join(folder, 'node_modules'));
      await run('tar', ['xzf', join(folder, 'millrace-0.1.0.tgz'), '-C', join(folder, 'node_modules')]);
      await symlink('package', join(folder, 'node_modules', 'millrace'));
      await writeFile(
        join(folder, 'use.mts'),
        `import { createClient, ProblemError, sendBlob, type Video } from 'millrace/client';
import { sendFile } from 'millrace/client/send-file';
const client = createClient({ url: ${JSON.stringify(system.url)}, version: 2 });
const page = await client.getVideos({ limit: 1 });
const titles: string[] = page.items.map(({ title }) => title);
// @ts-expect-error There is no such parameter.
const refused = await client.getVideos({ limits: 1 }).catch((error: unknown) => error);
const video: Video | undefined = undefined;
console.log(titles.length, refused instanceof ProblemError && refused.code, typeof sendBlob, typeof sendFile, video);
`,
      );
      const readme = await readFile(join(root, 'README.md'), 'utf8');
      const [, shown = ''] = /^```ts\n(import .*? from 'millrace\/client';.*?)^```$/ms.exec(readme) ?? [];
      expect(shown, 'the example in the README').to.include('createClient');
      await writeFile(join(folder, 'shown.mts'), shown);
      const strict = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', 'false'];
      await run(join(root, 'node_modules/.bin/tsc'), [...strict, '--types', '', 'use.mts', 'shown.mts'], {
        cwd: folder,
      });
      const { stdout } = await run(process.execPath, ['use.mjs'], {
        cwd: folder,
      });
      expect(stdout).to.equal('0 invalid_request function function undefined\n');
      const packed = await run('tar', ['tzf', join(folder, 'millrace-0.1.0.tgz')]);
      const others = packed.stdout.split('\n').filter((name) => !/^package\/dist\/client\//.test(name));
      expect(others.filter(Boolean).sort()).to.deep.equal([
        'package/LICENSE',
        'package/README.md',
        'package/package.json',
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
