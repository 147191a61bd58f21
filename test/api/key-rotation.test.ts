import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { decodeProtectedHeader } from 'jose';
import { leadMs } from '../../api/access/signing-key-times.ts';
import { atOnce } from '../../shared/at-once.ts';
import { newId } from '../../shared/ids.ts';
import { exchange } from '../support/exchange.ts';
import { backdate, type System, startSystem, until } from '../support/system.ts';

type Pair = { access_token: string; refresh_token: string };

const root = join(import.meta.dirname, '..', '..');
const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';

describe('a rotation of the signing keys', () => {
  let system: System;
  /** The addresses of two processes that are one api. */
  let apis: [string, string];
  let stopOther: () => Promise<void>;
  /** What the second process wrote, at the finest level. */
  let log = '';

  before(async () => {
    system = await startSystem();
    const env = { ...system.env, PUBLIC_URL: system.url, LOG_LEVEL: 'trace' };
    const words = ['--import', 'tsx', join(root, 'api', 'index.ts')];
    const other = spawn(process.execPath, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    other.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    stopOther = async () => {
      const exited = once(other, 'exit');
      other.kill('SIGTERM');
      await exited;
    };
    const port = await until('start', async () => /"port":(\d+)/.exec(log)?.[1]);
    apis = [system.url, `http://127.0.0.1:${port}`];
  });
  after(async () => {
    await stopOther?.();
    await system.stop();
  });

  const command = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', join(root, 'scripts', 'cli.ts'), ...words], {
      cwd: root,
      env: system.env,
      timeout: 30_000,
    });
  const keys = () => system.context.db.signingKeys.all();
  const newest = async () => (await keys()).at(-1);
  const verify = async (api: string, token: string) =>
    (await exchange(api, '/api/auth/me', { token })).status;

  async function issue(api: string): Promise<Pair> {
    const form = { grant_type: 'urn:millrace:session' };
    const cookie = await system.cookie('demo');
    const { status, body } = await exchange<Pair>(api, '/api/auth/token', { form, cookie });
    expect(status).to.equal(200);
    return body;
  }

  async function renew(api: string, { refresh_token }: Pair): Promise<Pair> {
    const form = { grant_type: 'refresh_token', refresh_token };
    const { status, body } = await exchange<Pair>(api, '/api/auth/token', { form });
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  }

  /** An api reads the keys again when it is used a minute later, or at once for a token with a key it does not know. */
  async function lookAgain(api: string): Promise<void> {
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: newId() }));
    expect(await verify(api, `${header.toString('base64url')}.e30.${'A'.repeat(86)}`)).to.equal(401);
  }

  async function published(api: string): Promise<string[]> {
    const { body } = await exchange<{ keys: { kid: string }[] }>(api, '/.well-known/jwks.json');
    return body.keys.map(({ kid }) => kid);
  }

  it('loses no token that was given before, during or after it, nor one that is renewed', async () => {
    const given: string[] = [];
    const secrets: string[] = [];
    const failures: string[] = [];
    let over = false;
    let checks = 0;

    /** A program that renews its tokens all the time, now here and now there, and uses old and new ones. */
    async function program(number: number): Promise<void> {
      let pair = await issue(apis[number % 2] ?? '');
      for (let turn = 0; !over; turn += 1) {
        const api = apis[(number + turn) % 2] ?? '';
        pair = turn % 5 === 4 ? await issue(api) : await renew(api, pair);
        given.push(pair.access_token);
        secrets.push(pair.refresh_token, pair.access_token.split('.')[2] ?? '');
        const old = given[(turn * 7919) % given.length] ?? '';
        for (const token of [pair.access_token, old]) {
          for (const at of apis) {
            checks += 1;
            const status = await verify(at, token);
            if (status !== 200) failures.push(`${status} at ${at} for ${kidOf(token)}`);
          }
        }
      }
    }
    const signsNow = (kid: string) =>
      until(`a token of ${kid}`, async () => given.slice(-4).some((token) => kidOf(token) === kid));

    const programs = Promise.all([0, 1, 2, 3].map(program));
    // What fails in the programs ends the test; they are awaited below.
    programs.catch(() => {});
    try {
      await until('tokens', async () => given.length > 20);

      // A month passes: whoever looks first publishes the next key, and it signs ten minutes later.
      const first = (await newest())?._id ?? '';
      await backdate(system, 'signing_keys', first, 'signsFrom', 30 * 86_400);
      await Promise.all(apis.map(lookAgain));
      const next = await newest();
      expect(next?.signsFrom.getTime()).to.be.closeTo(Date.now() + leadMs, 10_000);
      await Promise.all(apis.map(lookAgain));
      for (const api of apis) expect(await published(api)).to.include(next?._id);
      expect(kidOf((await issue(apis[0])).access_token)).to.equal(first);
      await backdate(system, 'signing_keys', next?._id ?? '', 'signsFrom', 1);
      await Promise.all(apis.map(lookAgain));
      await signsNow(next?._id ?? '');

      for (let time = 0; time < 2; time += 1) {
        const { stdout } = await command('keys', 'rotate', '--now');
        const kid = (await newest())?._id ?? '';
        expect(stdout).to.include(`${kid} signs from `);
        await lookAgain(apis[time] ?? '');
        await signsNow(kid);
      }
      const last = (await newest())?._id;
      await until('more tokens', async () => given.slice(-20).every((token) => kidOf(token) === last));
    } finally {
      over = true;
      await programs;
    }
    expect(failures).to.deep.equal([]);
    expect(new Set(given.map(kidOf)).size, 'keys that signed').to.equal(4);
    const { signal } = new AbortController();
    for (const api of apis) {
      await atOnce(8, given, signal, async (token) => {
        expect(await verify(api, token)).to.equal(200);
      });
    }
    expect(checks).to.be.above(200);
    expect(log).to.include('/api/auth/token');
    expect(
      secrets.filter((secret) => log.includes(secret)),
      'secrets in the log',
    ).to.deep.equal([]);
  });

  it('ends a key after its last token: then it is neither published nor believed', async () => {
    const { access_token } = await issue(apis[0]);
    const old = kidOf(access_token);
    await command('keys', 'rotate', '--now');
    const replacement = (await newest())?._id ?? '';
    await lookAgain(apis[0]);
    expect(await verify(apis[0], access_token)).to.equal(200);
    await backdate(system, 'signing_keys', replacement, 'signsFrom', 900 + 300 + 1);
    await lookAgain(apis[0]);
    expect(await published(apis[0])).to.deep.equal([replacement]);
    expect((await keys()).map(({ _id }) => _id)).to.not.include(old);
    expect(await verify(apis[0], access_token)).to.equal(401);
  });

  it('by command is published before it signs, and says what it did', async () => {
    const { kid: before } = { kid: kidOf((await issue(apis[0])).access_token) };
    const { stdout } = await command('keys', 'rotate');
    const next = await newest();
    expect(stdout).to.include(`${next?._id} signs from ${next?.signsFrom.toISOString()} on.`);
    expect(next?.signsFrom.getTime()).to.be.closeTo(Date.now() + leadMs, 10_000);
    await Promise.all(apis.map(lookAgain));
    for (const api of apis) {
      expect(await published(api)).to.include(next?._id);
      expect(kidOf((await issue(api)).access_token)).to.equal(before);
    }
  });

  it('by command forgets a key that leaked: its tokens end, and are renewed', async () => {
    const pair = await issue(apis[0]);
    expect(await verify(apis[0], pair.access_token)).to.equal(200);
    const { stdout } = await command('keys', 'rotate', '--now', '--drop');
    const all = await keys();
    expect(all, 'the new one alone').to.have.length(1);
    expect(all.map(({ _id }) => _id)).not.to.include(kidOf(pair.access_token));
    expect(stdout).to.include(`${all[0]?._id} signs from `).and.include('are refused');
    await Promise.all(apis.map(lookAgain));
    for (const api of apis) {
      expect(await published(api)).to.deep.equal([all[0]?._id]);
      expect(await verify(api, pair.access_token)).to.equal(401);
    }
    const renewed = await renew(apis[1], pair);
    for (const api of apis) expect(await verify(api, renewed.access_token)).to.equal(200);
  });

  for (const words of [
    ['keys'],
    ['keys', 'rotate', '--soon'],
    ['keys', 'rotate', '--now', 'x'],
    ['keys', 'rotate', '--drop'],
    ['nothing'],
  ]) {
    it(`is not made by "${words.join(' ')}"`, async () => {
      const count = (await keys()).length;
      const failed = await command(...words).catch((error) => error);
      expect(failed.code).to.equal(2);
      expect(failed.stderr).to.include('keys rotate [--now]');
      expect(await keys()).to.have.length(count);
    });
  }
});
