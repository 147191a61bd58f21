import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { leadMs, refreshMs } from '../../api/access/signing-key-times.ts';
import { signingKeys } from '../../api/access/signing-keys.ts';
import { connectDb, type Db } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { createLog } from '../../shared/log.ts';
import { sharedStack } from '../support/system.ts';

const day = 86_400_000;
const log = createLog('silent', 'test');

describe('the signing keys of several processes', () => {
  const secret = randomBytes(32);
  const opened: Db[] = [];
  let url: string;
  let now: number;

  beforeEach(async () => {
    const mongo = new URL((await sharedStack()).env.MONGO_URL ?? '');
    mongo.pathname = `/test-${newId().slice(0, 10)}`;
    url = mongo.href;
    now = Date.now();
  });
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
  });

  /** What one process holds: a connection of its own, and the clock that all share. */
  async function startProcess(options: { secret?: Buffer; tokenSeconds?: number } = {}) {
    const db = await connectDb(url);
    opened.push(db);
    const keys = signingKeys({
      store: db.signingKeys,
      secret,
      days: 30,
      tokenSeconds: 900,
      log,
      now: () => now,
      ...options,
    });
    return { db, keys };
  }

  const kids = async ({ keys }: Awaited<ReturnType<typeof startProcess>>) =>
    (await keys.published()).map(({ kid }) => kid);

  it('begin with one key, whoever is first of eight', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => startProcess()));
    const current = await Promise.all(all.map(({ keys }) => keys.current()));
    expect(new Set(current.map(({ kid }) => kid)).size).to.equal(1);
    expect(await opened[0]?.signingKeys.all()).to.have.length(1);
  });

  it('are replaced once by eight that notice at once, and all know the next before it signs', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => startProcess()));
    const [first = ''] = await Promise.all(all.map(async ({ keys }) => (await keys.current()).kid));
    now += 30 * day - leadMs;
    const published = await Promise.all(all.map(kids));
    expect(published[0]).to.have.length(2);
    const [, next = ''] = published[0] ?? [];
    for (const one of published) expect(one).to.deep.equal([first, next]);
    for (const { keys } of all) expect((await keys.current()).kid).to.equal(first);

    // No process looks again before it signs with the new one, and every one knows it.
    now += leadMs;
    for (const { keys } of all) expect((await keys.current()).kid).to.equal(next);
    expect(await all[0]?.keys.find(first)).not.to.equal(undefined);

    now += (900 + 300) * 1000;
    expect(await Promise.all(all.map(kids))).to.deep.equal(all.map(() => [next]));
    expect((await opened[0]?.signingKeys.all())?.map(({ _id }) => _id)).to.deep.equal([next]);
  });

  it('never stop signing over a year of rotations, and keep no old ones', async () => {
    const one = await startProcess();
    const used = new Set<string>();
    for (let days = 0; days < 365; days += 1) {
      used.add((await one.keys.current()).kid);
      now += day;
    }
    expect(used.size).to.be.within(12, 13);
    expect((await one.db.signingKeys.all()).length).to.be.at.most(2);
  });

  it('can be replaced by command, published first or at once', async () => {
    const one = await startProcess();
    const first = (await one.keys.current()).kid;
    const second = await one.keys.rotate('later');
    expect(second.signsFrom.getTime()).to.equal(now + leadMs);
    expect((await one.keys.current()).kid).to.equal(first);
    const third = await one.keys.rotate('now');
    expect((await one.keys.current()).kid).to.equal(third._id);
    expect(await kids(one)).to.deep.equal([first, second._id, third._id]);
    now += leadMs;
    expect((await one.keys.current()).kid, 'the one that was passed over').to.equal(third._id);
  });

  it('are found by who has not heard of them, without asking the database for each foreign one', async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    await Promise.all([one.keys.current(), other.keys.current()]);
    let reads = 0;
    const all = one.db.signingKeys.all;
    one.db.signingKeys.all = () => {
      reads += 1;
      return all();
    };
    for (let time = 0; time < 3; time += 1) {
      now += 2000;
      const { _id } = await other.keys.rotate('now');
      expect(await one.keys.find(_id), `time ${time}`).not.to.equal(undefined);
    }
    reads = 0;
    const added = await other.keys.rotate('now');
    const foreign = Array.from({ length: 500 }, () => one.keys.find(newId()));
    const found = await one.keys.find(added._id);
    expect(found, 'the new key, amid many that do not exist').not.to.equal(undefined);
    expect(new Set(await Promise.all(foreign))).to.deep.equal(new Set([undefined]));
    expect(reads).to.equal(1);
  });

  it('are kept for the longest token that any process gives', async () => {
    const [short, long] = [await startProcess(), await startProcess({ tokenSeconds: 7200 })];
    await short.keys.current();
    const { kid } = await long.keys.current();
    await short.keys.rotate('now');
    now += 7200 * 1000;
    expect(await kids(short)).to.include(kid);
    now += 301_000;
    expect(await kids(short)).not.to.include(kid);
  });

  it('are stored so that only a holder of the secret can sign', async () => {
    const one = await startProcess();
    const { kid } = await one.keys.current();
    const connection = await createConnection(url).asPromise();
    const stored = await connection.collection('signing_keys').find().toArray();
    await connection.close();
    expect(stored.map(({ _id }) => String(_id))).to.deep.equal([kid]);
    expect(JSON.stringify(stored)).not.to.match(/PRIVATE KEY|"d":/);

    const other = await startProcess({ secret: randomBytes(32) });
    const made = await other.keys.current();
    expect(made.kid, 'a process with another secret makes a key of its own').not.to.equal(kid);
    expect(await other.keys.find(kid), 'and verifies with the old one').not.to.equal(undefined);
    expect(await one.keys.find(made.kid)).not.to.equal(undefined);
  });

  it('are not forgotten when what was read earlier arrives later', async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    await Promise.all([one.keys.current(), other.keys.current()]);
    const all = one.db.signingKeys.all;
    const looking = one.keys.find(newId());
    let arrive = () => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const old = await all();
    one.db.signingKeys.all = () => late.then(() => old);
    now += refreshMs;
    const first = one.keys.published();
    one.db.signingKeys.all = all;
    const added = await other.keys.rotate('now');
    await looking;
    arrive();
    await first;
    expect(await kids(one)).to.include(added._id);
  });

  it('are not read again for a minute', async () => {
    const one = await startProcess();
    let reads = 0;
    const all = one.db.signingKeys.all;
    await one.keys.current();
    one.db.signingKeys.all = () => {
      reads += 1;
      return all();
    };
    now += refreshMs - 1;
    await one.keys.current();
    expect(reads).to.equal(0);
    now += 1;
    await Promise.all([one.keys.current(), one.keys.published()]);
    expect(reads).to.equal(1);
  });
});
