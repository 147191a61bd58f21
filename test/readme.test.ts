import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { policy, type Row } from '../api/access/policy.ts';
import { type Config, configNames, readConfig } from '../shared/config.ts';
import { roles } from '../shared/contracts/account.ts';
import { errorKinds } from '../shared/errors.ts';
import { queueNames } from '../shared/queue-names.ts';
import { usualLimits } from '../shared/rate-limits.ts';
import { videoStates } from '../shared/video-state.ts';
import { clip } from './support/clips.ts';
import { type System, startSystem } from './support/system.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The one block of bash after a heading. */
function bashAfter(heading: string): string {
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const blocks = [...section.matchAll(/^```bash\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  expect(blocks, `blocks of bash after "${heading}"`).to.have.length(1);
  return blocks[0] ?? '';
}

/** The rows of the table whose first column has this heading, as cells. */
function tableOf(firstColumn: string): string[][] {
  const lines = readme.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstColumn} |`));
  expect(head, `a table of "${firstColumn}"`).to.be.at.least(0);
  const rest = lines.slice(head + 2);
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const named = (cell = '') => /^`([^`]+)`$/.exec(cell)?.[1] ?? cell;

describe('the README', () => {
  it('has a head on every table, or it would be shown as a paragraph', () => {
    const tables = readme.match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables).to.have.length.above(10);
    for (const table of tables) expect(table.split('\n')[1], table).to.match(/^[|-]+$/);
  });

  describe('shows the api in ten lines', () => {
    const block = bashAfter('The api in ten lines');
    let system: System;
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'millrace-readme-'));
      system = await startSystem();
      await system.startWorker();
    });
    after(async () => {
      await system?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('that call curl once each, after one helper', () => {
      const [helper = '', ...lines] = block.trimEnd().split('\n');
      expect(helper).not.to.include('curl');
      expect(lines).to.have.length(10);
      for (const line of lines) expect(line.match(/\bcurl -/g), line).to.have.length(1);
    });

    it('that do what is said of them, pasted as they are', async () => {
      const file = await clip(2);
      const env = { PATH: process.env.PATH, TMPDIR: folder, API: system.url, FILE: file };
      // Else bash takes a socket as its input for a remote shell, and reads the machine's own settings.
      const words = ['--norc', '-euo', 'pipefail', '-c', block];
      const { stdout, stderr } = await promisify(execFile)('bash', words, {
        cwd: folder,
        env,
        timeout: 50_000,
      });
      expect(stderr).to.equal('');

      const lines = stdout.trimEnd().split('\n');
      const [account, upload, video, ...rest] = lines;
      expect(JSON.parse(account ?? '')).to.include({ displayName: 'Demo Creator' });

      const { uploadId, videoId, ...completed } = JSON.parse(upload ?? '');
      const { size } = await stat(file);
      expect(completed).to.include({ state: 'completed', filename: 'clip.mp4', size, type: 'video/mp4' });
      expect(await system.context.db.uploads.find(uploadId)).to.include({ videoId, bytes: size });
      expect(await system.context.db.videos.find(videoId)).to.include({ state: 'ready', title: 'clip' });

      const { renditions, ...ready } = JSON.parse(video ?? '');
      expect(ready).to.include({ videoId, state: 'ready', percent: 100, durationSeconds: 2, error: null });
      expect(renditions.map(({ name }: { name: string }) => name)).to.deep.equal(['240p', '360p']);

      const trending = JSON.parse(rest.at(-1) ?? '');
      const view = rest.at(-2);
      const playlist = rest.slice(0, -2);
      expect(playlist[0]).to.equal('#EXTM3U');
      expect(playlist).to.include.members(['240p/index.m3u8', '360p/index.m3u8']);
      expect(view).to.equal('{"counted":true,"reason":null}');
      expect(trending).to.include({ region: 'GB', total: 1 });
      expect(trending.videos[0]).to.include({ videoId, views: 1 });
    });
  });

  describe('lists the configuration', () => {
    const rows = tableOf('name');
    const secrets = configNames.filter((name) => name.endsWith('_FILE'));
    const required: Record<string, string> = {
      SECRET_KEY: 'a secret key that is long enough',
      MONGO_URL: 'mongodb://mongo.example/millrace',
      REDIS_URL: 'redis://redis.example',
      S3_ENDPOINT: 'http://s3.example',
      S3_ACCESS_KEY_ID: 'key',
      S3_SECRET_ACCESS_KEY: 'secret',
    };
    /** One way to sign in; there are others. */
    const signIn: Record<string, string> = {
      OIDC_ISSUER: 'https://id.example',
      OIDC_CLIENT_ID: 'client',
      OIDC_CLIENT_SECRET: 'secret',
    };
    const defaults: Config = readConfig({ ...required, ...signIn });

    it('divides all queues among strong machines and small ones', () => {
      const [, strong, small] = /may\s+serve `([^`]+)` alone, a small one\s+`([^`]+)`/.exec(readme) ?? [];
      const served = (WORKER_QUEUES = '') =>
        Object.keys(readConfig({ ...required, ...signIn, WORKER_QUEUES }).WORKER_QUEUES);
      expect([...served(strong), ...served(small)]).to.have.members(queueNames);
    });

    it('with every variable and no other', () => {
      const listed = rows.map(([name]) => named(name));
      const known = configNames.filter((name) => !secrets.includes(name) && name !== 'PATH');
      expect([...listed].sort()).to.deep.equal([...known].sort());
    });

    it('with what is required, and the defaults of the rest', () => {
      const isRequired = rows.filter(([, value]) => value === 'required').map(([name]) => named(name));
      expect(isRequired.sort()).to.deep.equal(Object.keys(required).sort());
      for (const [name = '', value = ''] of rows) {
        if (named(name) === 'RATE_LIMITS') {
          expect(named(value)).to.equal(usualLimits);
          continue;
        }
        if (named(name) === 'TRENDING_HALF_LIFE_HOURS') {
          expect(named(value)).to.equal(String(defaults.TRENDING_HALF_LIFE_HOURS.usual));
          continue;
        }
        const actual = named(name) in signIn ? undefined : defaults[named(name) as keyof Config];
        if (value === 'required' || ['WORKER_QUEUES', 'WORK_DIR', 'ENCODING_PROFILES'].includes(named(name)))
          continue;
        if (actual === undefined) expect(value, name).to.match(/^none: /);
        else expect(named(value), name).to.equal(String(actual));
      }
    });

    it('with the secrets that may be files', () => {
      const sentence = /count[^.]*\. ((?:`\w+`[, and]*)+) may instead be\s+given as `NAME_FILE`/.exec(
        readme.replaceAll('\n', ' '),
      );
      const listed = [...(sentence?.[1] ?? '').matchAll(/`(\w+)`/g)].map((match) => `${match[1]}_FILE`);
      expect(listed.sort()).to.deep.equal([...secrets].sort());
    });
  });

  it('has the whole policy', () => {
    const words = (some: readonly string[]) =>
      some.length === roles.length ? 'all' : some.join(', ') || 'nobody';
    const rows = Object.entries<Row>(policy).map(([action, row]) => [
      action,
      row.anonymous ? 'yes' : 'no',
      words(row.roles),
      words(row.others),
      row.scope ?? 'none',
    ]);
    const listed = tableOf('action').map((row) => row.map(named));
    expect(listed, 'of "## Access", in the order of api/access/policy.ts').to.deep.equal(rows);
  });

  it('explains every state', () => {
    expect(tableOf('state').map(([state]) => named(state))).to.deep.equal([...videoStates]);
  });

  it('explains every code that a video can fail with', () => {
    const media = Object.entries(errorKinds).flatMap(([code, { fault }]) =>
      fault === 'media' ? [code] : [],
    );
    const codes = tableOf('code of a failed video').map(([code]) => named(code));
    expect(codes.sort()).to.deep.equal(
      [...media, 'cancelled', 'encoding_failed', 'output_rejected', 'internal'].sort(),
    );
  });

  it('and the other documents link to what is there', () => {
    const broken = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md'].flatMap((file) => {
      const links = readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)#:]+)\)/g);
      return [...links].flatMap(([, path = '']) =>
        existsSync(join(root, path)) ? [] : [`${file} -> ${path}`],
      );
    });
    expect(broken).to.deep.equal([]);
  });
});
