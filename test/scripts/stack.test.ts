import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { isRunning, type ProcessIdentity } from '../../scripts/local/process-identity.ts';
import { type Stack, startStack } from '../../scripts/stack.ts';
import { skip } from '../support/skip.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const given = ['MONGO_URL', 'REDIS_URL', 'S3_ENDPOINT', 'OIDC_ISSUER'];

function readServers(dir: string): ProcessIdentity[] {
  return JSON.parse(readFileSync(join(dir, 'stack.json'), 'utf8')).servers;
}

async function waitUntilGone(servers: ProcessIdentity[], within: number): Promise<void> {
  const deadline = Date.now() + within;
  while (servers.some(isRunning) && Date.now() < deadline) await sleep(20);
  expect(servers.filter(isRunning), 'processes left').to.deep.equal([]);
}

async function withMongo<T>(stack: Stack, use: (client: mongo.MongoClient) => Promise<T>): Promise<T> {
  const client = await mongo.MongoClient.connect(stack.env.MONGO_URL ?? '');
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

function connectS3({ env }: Stack): S3Client {
  return new S3Client({
    endpoint: env.S3_ENDPOINT ?? '',
    region: env.S3_REGION ?? '',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: {
      accessKeyId: env.S3_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? '',
    },
  });
}

/** A stack in a process of its own, as `scripts/stack` runs it. */
async function spawnStack(...args: string[]): Promise<{ child: ChildProcess; env: Record<string, string> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/stack.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const env: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = '', value = ''] = line.split(/=(.*)/);
    if (name === 'STACK_READY') break;
    env[name] = value;
  }
  return { child, env };
}

describe('the local stack', () => {
  const saved = Object.fromEntries(given.map((name) => [name, process.env[name]]));
  before(() => {
    for (const name of given) delete process.env[name];
  });
  after(() => {
    for (const name of given) if (saved[name]) process.env[name] = saved[name];
  });

  describe('once started', () => {
    let stack: Stack;
    before(async () => {
      stack = await startStack();
    });
    after(() => stack.stop());

    it('has a MongoDB that runs transactions', async () => {
      const found = await withMongo(stack, async (client) => {
        const videos = client.db().collection('videos');
        await client.withSession((session) =>
          session.withTransaction(() => videos.insertOne({ title: 'kept' }, { session })),
        );
        const undone = client.withSession((session) =>
          session.withTransaction(async () => {
            await videos.insertOne({ title: 'undone' }, { session });
            throw new Error('no');
          }),
        );
        expect(await undone.catch((error) => error.message)).to.equal('no');
        expect(client.db().databaseName).to.equal('millrace');
        return videos.find({}, { projection: { _id: 0 } }).toArray();
      });
      expect(found).to.deep.equal([{ title: 'kept' }]);
    });

    it('lets others have the processors before MongoDB', async function () {
      const ofMongo = readServers(stack.dir).map(({ pid }) => `/proc/${pid}`);
      const shares = ofMongo.filter((path) => existsSync(`${path}/autogroup`));
      if (shares.length === 0) skip(this, 'this system does not share processors among sessions');
      const niceness = shares.map((path) => {
        const [name = ''] = readFileSync(`${path}/cmdline`, 'latin1').split(/[\0 ]/);
        return [basename(name), readFileSync(`${path}/autogroup`, 'utf8').trim().split(' ').at(-1)];
      });
      expect(Object.fromEntries(niceness)).to.deep.include({ mongod: '5', 'redis-server': '0' });
    });

    it('has a Redis that logs every write and evicts nothing', async () => {
      const redis = new Redis(stack.env.REDIS_URL ?? '');
      try {
        const settings = await redis.config('GET', 'appendonly', 'appendfsync', 'maxmemory-policy');
        expect(settings).to.include.members(['yes', 'everysec', 'noeviction']);
      } finally {
        redis.disconnect();
      }
    });

    it('has an S3 that keeps objects and does not let a presigned upload overwrite one', async () => {
      const s3 = connectS3(stack);
      const target = { Bucket: 'raw', Key: 'videos/1' };
      await s3.send(new CreateBucketCommand({ Bucket: target.Bucket }));
      await s3.send(new PutObjectCommand({ ...target, Body: 'one' }));
      const { Body } = await s3.send(new GetObjectCommand(target));
      expect(await Body?.transformToString()).to.equal('one');

      const upload = async (Key: string) => {
        const url = await getSignedUrl(s3, new PutObjectCommand({ ...target, Key, IfNoneMatch: '*' }));
        const headers = { 'if-none-match': '*', origin: 'http://127.0.0.1:1' };
        return fetch(url, { method: 'PUT', body: 'two', headers });
      };
      expect((await upload('videos/1')).status).to.equal(412);
      const accepted = await upload('videos/2');
      expect(accepted.status).to.equal(200);
      expect(accepted.headers.get('access-control-allow-origin')).to.equal('*');
      s3.destroy();
    });

    it('has an identity provider that describes itself', async () => {
      const response = await fetch(`${stack.env.OIDC_ISSUER}/.well-known/openid-configuration`);
      expect(await response.json()).to.include({ issuer: stack.env.OIDC_ISSUER });
    });

    it('runs beside another one, which leaves no process and no folder when it stops', async () => {
      const other = await startStack();
      const shared = Object.keys(stack.env).filter((name) => stack.env[name] === other.env[name]);
      expect(shared.filter((name) => /URL|ENDPOINT|ISSUER/.test(name))).to.deep.equal([]);
      const counts = [stack, other].map((each) =>
        withMongo(each, (client) => client.db().collection('videos').countDocuments()),
      );
      expect(await Promise.all(counts)).to.deep.equal([1, 0]);

      const servers = readServers(other.dir);
      expect(servers).to.have.length(3);
      expect(servers.every(isRunning)).to.equal(true);
      await other.stop();
      expect(servers.filter(isRunning)).to.deep.equal([]);
      expect(existsSync(other.dir)).to.equal(false);
    });
  });

  it('says how it is used, and starts nothing', async () => {
    for (const word of ['--help', '-h']) {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', 'scripts/stack.ts', word], {
        cwd: root,
      });
      expect(stdout)
        .to.match(/^Usage: scripts\/stack/)
        .and.not.include('STACK_READY');
    }
  });

  it('starts no server whose address is given, and passes it on', async () => {
    process.env.MONGO_URL = 'mongodb://127.0.0.1:1/given';
    process.env.REDIS_URL = 'redis://127.0.0.1:1';
    try {
      const stack = await startStack();
      expect(stack.env).to.include({ MONGO_URL: process.env.MONGO_URL, REDIS_URL: process.env.REDIS_URL });
      expect(readServers(stack.dir)).to.have.length(1);
      await stack.stop();
    } finally {
      delete process.env.MONGO_URL;
      delete process.env.REDIS_URL;
    }
  });

  it('keeps the data in a folder that was named, also when the ports differ the next time', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-stack-'));
    try {
      const first = await startStack({ dir });
      await withMongo(first, (client) => client.db().collection('kept').insertOne({ n: 1 }));
      const refused = await startStack({ dir }).catch((error) => error.message);
      expect(refused).to.include(`in use by another stack, process ${process.pid}`);
      await first.stop();
      const second = await startStack({ dir });
      expect(second.env.MONGO_URL).not.to.equal(first.env.MONGO_URL);
      expect(await withMongo(second, (client) => client.db().collection('kept').countDocuments())).to.equal(
        1,
      );
      await second.stop();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('says what a server said when it does not start', async () => {
    process.env.REDIS_SERVER_PATH = '/bin/false';
    // Other test files keep a stack of this very process.
    const before = foldersOf(process.pid);
    try {
      const failed = await startStack().catch((error) => error.message);
      expect(failed).to.match(/^redis-server ended at once\. The end of its log:/);
      expect(foldersOf(process.pid)).to.deep.equal(before);
    } finally {
      delete process.env.REDIS_SERVER_PATH;
    }
  });

  it('ends its servers and removes its folder on SIGTERM', async () => {
    const { child, env } = await spawnStack();
    expect(env).to.include.keys('MONGO_URL', 'REDIS_URL', 'S3_ENDPOINT', 'OIDC_ISSUER');
    const dir = findFolder(child.pid) ?? '';
    const servers = readServers(dir);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
    expect(servers.filter(isRunning)).to.deep.equal([]);
    expect(existsSync(dir)).to.equal(false);
  });

  it('leaves no process when it is killed, and the next start removes its folder', async () => {
    const { child } = await spawnStack();
    const dir = findFolder(child.pid) ?? '';
    const servers = readServers(dir);
    expect(servers).to.have.length(3);
    child.kill('SIGKILL');
    if (process.platform === 'linux') await waitUntilGone(servers, 3000);
    const next = await startStack();
    await waitUntilGone(servers, 1000);
    expect(existsSync(dir)).to.equal(false);
    await next.stop();
  });
});

/** Other stacks may come and go in the same place meanwhile. */
function findFolder(owner: number | undefined): string | undefined {
  return foldersOf(owner)[0];
}

function foldersOf(owner: number | undefined): string[] {
  const data = join(root, '.data');
  const folders = readdirSync(data).map((name) => join(data, name));
  return folders.filter((path) => {
    try {
      return JSON.parse(readFileSync(join(path, 'stack.json'), 'utf8')).owner.pid === owner;
    } catch {
      return false;
    }
  });
}
