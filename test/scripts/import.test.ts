import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { settleAccount } from '../../shared/settle-account.ts';
import { settleViews } from '../../workers/fold-views.ts';
import { purge } from '../../workers/purge.ts';
import { ask } from '../support/ask.ts';
import { startCli } from '../support/cli.ts';
import { wholeDatabase } from '../support/database.ts';
import { importedVideo } from '../support/imported.ts';
import { type System, startSystem, until } from '../support/system.ts';

type Row = Record<string, unknown>;
type Stored = Record<string, unknown> & {
  _id: string;
  outside: { id: string };
  views: number;
  revision: number;
};

const hour = 3_600_000;
const recently = new Date(Date.now() - 2 * hour).toISOString();
const row = (id: string, about: Row = {}): Row => ({
  externalId: id,
  title: `Title ${id}`,
  channelTitle: 'A channel',
  publishedAt: recently,
  ...about,
});
const textOf = (rows: Row[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('npm run cli -- import', function () {
  this.timeout(120_000);
  let system: System;
  let mongo: Connection;
  let folder: string;
  before(async () => {
    system = await startSystem();
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    // As the first run does: before it no score is kept.
    const { config, context } = system;
    const wanted = new Map(config.REGIONS.map((region) => [region, 6]));
    await context.db.trending.useHalfLives(wanted, () => settleViews(context));
    folder = await mkdtemp(join(tmpdir(), 'millrace-import-'));
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (words: string[], input?: string | Buffer) =>
    startCli(['import', ...words], system.env, input).ended;
  const bring = async (rows: Row[], ...words: string[]) => {
    const { code, output, notes } = await run(['-', '--json', ...words], textOf(rows));
    expect({ code, notes }, notes).to.deep.equal({ code: 0, notes: '' });
    return JSON.parse(output) as Record<string, number>;
  };
  const all = (collection: string, filter: object) =>
    mongo.collection<Stored>(collection).find(filter).sort({ _id: 1 }).toArray();
  const withId = async (id: string): Promise<Stored> => {
    const [found] = await all('videos', { 'outside.id': id });
    if (!found) throw new Error(`There is no entry ${id}.`);
    return found;
  };
  /** The hour and views of each region. */
  const bucketsOf = async ({ _id }: Stored) =>
    (await all('view_buckets', { videoId: _id })).map(({ region, views, hour: at }) => [
      region,
      views,
      (at as Date).toISOString(),
    ]);
  /** The figures of a score by region, whatever they are. */
  const scoresOf = async ({ _id }: Stored) =>
    (await all('trending_scores', { _id: { $regex: `-${_id}$` } })).map(({ region, ...score }) => [
      region,
      Object.entries(score).filter((figure): figure is [string, number] => typeof figure[1] === 'number'),
    ]) as [string, [string, number][]][];

  async function expectSameScores(one: Stored, other: Stored): Promise<void> {
    const [these, those] = [await scoresOf(one), await scoresOf(other)];
    expect(these.map(([region]) => region)).to.deep.equal(those.map(([region]) => region));
    these.forEach(([, figures], at) => {
      const expected = Object.fromEntries(those[at]?.[1] ?? []);
      for (const [name, value] of figures)
        expect(value, name).to.be.closeTo(expected[name] ?? Number.NaN, 1e-6);
    });
  }

  it('brings everything that a row says', async () => {
    const publishedAt = '2026-01-02T03:04:05+01:00';
    const about = {
      thumbnailUrl: 'https://img.example/1.jpg',
      playUrl: 'https://play.example/1.m3u8',
      views: { US: 9, GB: 120, FR: 0 },
      description: 'Words',
      ...{ tags: ['a', 'b'], category: 'news', language: 'ar', durationSeconds: 61.5, regions: ['GB'] },
    };
    const given = { ...about, regions: ['GB', 'GB'], publishedAt };
    expect(await bring([row('whole', given)])).to.include({
      rows: 1,
      added: 1,
      broken: 0,
    });
    const found = await withId('whole');
    const { views, thumbnailUrl, playUrl, ...plain } = about;
    expect(found).to.deep.include({ ...plain, title: 'Title whole', channelTitle: 'A channel', views: 129 });
    expect(found).to.deep.include({
      state: 'ready',
      activeGeneration: 0,
      generation: 1,
      visibility: 'public',
    });
    expect(found).to.deep.include({ source: { key: '', bytes: 0, etag: '' }, takenDown: null, likes: 0 });
    expect(found.publishedAt).to.deep.equal(new Date(publishedAt));
    expect(found.purgedAt).to.be.instanceOf(Date);
    expect(found.outside).to.deep.equal({
      ...{ id: 'whole', playUrl, posterUrl: thumbnailUrl, views: { GB: 120, US: 9 } },
      viewsAt: new Date('2026-01-02T02:00:00Z'),
    });
    expect(await bucketsOf(found)).to.deep.equal([
      ['GB', 120, '2026-01-02T02:00:00.000Z'],
      ['US', 9, '2026-01-02T02:00:00.000Z'],
    ]);
    const owner = await system.context.db.users.find(found.ownerId as string);
    expect(owner).to.include({ displayName: 'Imported', status: 'active', email: null });
  });

  it('counts views of what is older than 1970 in its first hour, where owners can ask for them', async () => {
    await bring([row('old', { publishedAt: '1960-05-01T12:00:00Z', views: { GB: 7 } })]);
    const found = await withId('old');
    expect(found.publishedAt).to.deep.equal(new Date('1960-05-01T12:00:00Z'));
    expect(await bucketsOf(found)).to.deep.equal([['GB', 7, '1970-01-01T00:00:00.000Z']]);
    const days = `/api/videos/${found._id}/analytics?from=1970-01-01&to=1970-01-01`;
    expect((await ask(system, 'GET', days, { as: 'admin' })).body).to.have.nested.property('totals.views', 7);
  });

  it('takes what is absent as null too', async () => {
    const names = ['thumbnailUrl', 'playUrl', 'views', 'description', 'tags', 'category', 'language'];
    const nulls = Object.fromEntries([...names, 'durationSeconds', 'regions'].map((name) => [name, null]));
    expect(await bring([row('absent')])).to.include({ added: 1 });
    expect(await bring([row('absent', nulls)])).to.include({ added: 0, same: 1 });
  });

  it('tells of each broken row its line and why, and goes on', async () => {
    const good = (id: string) => JSON.stringify(row(id, { views: { GB: 1 } }));
    const broken: [string | Buffer, RegExp][] = [
      ['{', /is not JSON/],
      ['[]', /expected object/],
      [Buffer.from([0x22, 0xff, 0x22]), /is not UTF-8/],
      [`"${'x'.repeat(2_000_000)}"`, /is longer than 1048576 bytes/],
      ['['.repeat(100_000), /is not JSON/],
      [JSON.stringify(row('')), /externalId: must not be empty/],
      [JSON.stringify(row('\u0000')), /externalId: .*control/],
      [`{"externalId":"half\\ud800"}`, /has half a character/],
      [JSON.stringify(row('b', { title: '' })), /title: /],
      [JSON.stringify(row('b', { 'extra\u001b': 1 })), /extra\?/],
      [JSON.stringify(row('b', { views: { gb: 1 } })), /views\.gb: /],
      [JSON.stringify(row('b', { views: { XX: 1 } })), /views\.XX: is no region/],
      [JSON.stringify(row('b', { views: JSON.parse('{"__proto__":3}') })), /views\.__proto__: is no region/],
      [JSON.stringify(row('b', { regions: ['GB', 'EU'] })), /regions\.1: is no region/],
      [JSON.stringify(row('b', { category: 'unheard-of' })), /category: there is no category unheard-of/],
      [JSON.stringify(row('b', { views: { GB: -1 } })), /views\.GB: /],
      [JSON.stringify(row('b', { views: { GB: 1.5 } })), /views\.GB: /],
      [JSON.stringify(row('b', { publishedAt: 'yesterday' })), /publishedAt: must be a date/],
      [JSON.stringify(row('b', { publishedAt: '2026-02-30' })), /publishedAt: must be a date/],
      [
        JSON.stringify(row('b', { publishedAt: '9999-12-31T23:00:00-01:00' })),
        /publishedAt: is too early or too late/,
      ],
      [
        JSON.stringify(row('b', { publishedAt: '0000-01-01T00:00:00+01:00' })),
        /publishedAt: is too early or too late/,
      ],
      [
        JSON.stringify(row('b', { publishedAt: '2999-01-01', views: { GB: 1 } })),
        /views: there are none before/,
      ],
      [JSON.stringify(row('b', { language: 'english' })), /language: /],
      ...[
        'javascript:alert(1)',
        'http://play.example/a',
        'https://a;script-src',
        'https://me:pw@play.example/',
        'data:,',
        '/a',
      ].map((playUrl): [string, RegExp] => [
        JSON.stringify(row('b', { playUrl })),
        /playUrl: must be an https/,
      ]),
    ];
    const lines = [
      Buffer.from(`\ufeff${good('first')}\r\n\r\n  \n`),
      ...broken.flatMap(([line]) => [Buffer.from(line as string), Buffer.from('\n')]),
      // Of several rows of an id the last counts; the last line needs no end.
      Buffer.from(`${good('twice')}\n${JSON.stringify(row('twice', { title: 'The last' }))}\n${good('end')}`),
    ];
    const file = join(folder, 'broken.ndjson');
    await writeFile(file, Buffer.concat(lines));
    const { code, output, notes } = await run([file]);
    // Of an import that takes longer than a second also how far it is.
    const said = notes
      .trimEnd()
      .split('\n')
      .filter((line) => !/ rows\/s, /.test(line));
    expect(said).to.have.length(broken.length);
    for (const [at, [, reason]] of broken.entries())
      expect(said[at])
        .to.match(/^line \d+: /)
        .and.match(reason);
    expect(said.map((line) => Number.parseInt(line.slice(5), 10))).to.deep.equal(
      broken.map((_, at) => at + 4),
    );
    expect(notes, 'nothing that moves a terminal').not.to.include('\u001b');
    expect(output).to.equal(
      `${broken.length + 4} rows: 3 added, 0 changed, 0 as they were, ${broken.length} broken.\n`,
    );
    expect(code).to.equal(1);
    expect(await withId('twice')).to.include({ title: 'The last', views: 0 });
    expect((await withId('first')).views + (await withId('end')).views).to.equal(2);
    expect(await all('videos', { 'outside.id': 'b' })).to.deep.equal([]);
  });

  it('changes nothing when it is run again', async () => {
    const owner = await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' });
    const rows = Array.from({ length: 300 }, (_, n) => row(`again-${n}`, { views: { GB: n, US: 1 } }));
    const file = join(folder, 'again.ndjson');
    await writeFile(file, textOf(rows));
    const words = [file, '--owner', owner.body.userId];
    expect((await run(words)).output).to.equal('300 rows: 300 added, 0 changed, 0 as they were.\n');
    const before = await wholeDatabase(system);
    const again = await run(words);
    expect(again).to.deep.equal({
      code: 0,
      notes: '',
      output: '300 rows: 0 added, 0 changed, 300 as they were.\n',
    });
    expect(await wholeDatabase(system)).to.equal(before);
    expect(await withId('again-299')).to.include({
      ownerId: owner.body.userId,
      ownerStatus: 'active',
      views: 300,
    });
  });

  it('replaces its own views and keeps those that were counted here', async () => {
    const at = new Date(Date.now() - 30 * hour).toISOString();
    const later = new Date(Date.now() - 5 * hour).toISOString();
    await bring([row('views', { views: { GB: 100, US: 7 }, publishedAt: at })]);
    const { _id, revision } = await withId('views');
    await mongo.collection<Stored>('videos').updateOne({ _id }, { $inc: { views: 5 } as never });
    const counted = { _id: `${_id}-GB-2026`, videoId: _id, region: 'GB', hour: new Date(0), views: 5 };
    await mongo.collection<Stored>('view_buckets').insertOne(counted as never);
    const changed = { views: { GB: 60, DE: 3 }, publishedAt: at };
    const asNew = row('views like', changed);
    expect(await bring([row('views', changed), asNew])).to.include({ changed: 1, added: 1 });
    expect(await withId('views')).to.include({ views: 68, revision });
    expect(
      (await bucketsOf(await withId('views'))).map(([region, views]) => `${region} ${views}`),
    ).to.deep.equal(['DE 3', 'GB 5', 'GB 60']);
    await expectSameScores(await withId('views'), await withId('views like'));

    const moved = { ...changed, publishedAt: later };
    expect(await bring([row('views', moved), row('views later', moved)])).to.include({
      changed: 1,
      added: 1,
    });
    await expectSameScores(await withId('views'), await withId('views later'));
    expect(await withId('views'), 'an edit, as If-Match counts them').to.include({
      revision: revision + 1,
      views: 68,
    });
    await bring([row('views', { publishedAt: later })]);
    expect(await withId('views')).to.include({ views: 5 });
    expect(await scoresOf(await withId('views'))).to.deep.equal([]);
  });

  it('is complete after it was killed and run again', async () => {
    const rows = Array.from({ length: 2500 }, (_, n) => row(`killed-${n}`, { views: { GB: 2 } }));
    const file = join(folder, 'killed.ndjson');
    await writeFile(file, textOf(rows));
    const filter = { 'outside.id': /^killed-/ };
    const count = () => mongo.collection('videos').countDocuments(filter);
    const { child, ended } = startCli(['import', file], system.env);
    await until('some entries', async () => (await count()) > 0);
    child.kill('SIGKILL');
    await ended;
    const left = await count();
    expect(left).to.be.within(1, 2499);
    expect(left % 1000, 'a batch is there or not').to.equal(0);
    expect((await run([file, '--json'])).code).to.equal(0);
    const videos = await all('videos', filter);
    expect(videos).to.have.length(2500);
    expect(videos.filter(({ views }) => views !== 2)).to.deep.equal([]);
    const ids = videos.map(({ _id }) => _id);
    const scores = { _id: { $in: ids.map((id) => `GB-${id}`) } };
    for (const found of [
      await all('view_buckets', { videoId: { $in: ids } }),
      await all('trending_scores', scores),
    ]) {
      expect(found).to.have.length(2500);
      expect(found.filter(({ views }) => views !== 2)).to.deep.equal([]);
    }
  });

  it('leaves alone what was deleted here', async () => {
    await bring([row('gone')]);
    const { _id } = await withId('gone');
    expect((await ask(system, 'DELETE', `/api/videos/${_id}`, { as: 'admin' })).status).to.equal(204);
    expect(await bring([row('gone', { title: 'Another' })])).to.include({ deleted: 1, added: 0, changed: 0 });
    expect(await withId('gone')).to.include({ state: 'deleted' });
    const fate = (await system.context.db.upkeep.due('deleted', new Date(Date.now() + 1000), 10))[0];
    if (!fate) expect.fail('it is not due');
    await purge(system.context, fate);
    expect((await withId('gone')).outside).to.include({ id: 'gone', playUrl: null, posterUrl: null });
    expect(await bring([row('gone')])).to.include({ deleted: 1 });
  });

  it('notes what it says otherwise among the edits, and each run in the audit log', async () => {
    await bring([row('edited', { tags: ['a'] })]);
    const { _id } = await withId('edited');
    const change = { title: 'From here' };
    const headers = { 'If-Match': '*' };
    const path = `/api/videos/${_id}`;
    expect((await ask(system, 'PATCH', path, { as: 'admin', headers, body: change })).status).to.equal(200);
    await bring([row('edited', { tags: ['b'] })]);
    const { body } = await ask<{ items: Row[] }>(system, 'GET', `${path}/edits`, { as: 'admin' });
    expect(body.items[0]).to.deep.include({
      ...{ by: 'operator', revision: (await withId('edited')).revision },
      changes: { title: { from: 'From here', to: 'Title edited' }, tags: { from: ['a'], to: ['b'] } },
    });
    const entries = () => mongo.collection('audit').find({ route: 'import' }).sort({ at: -1 }).toArray();
    const noted = await entries();
    expect(noted[0]).to.deep.include({ actorId: 'operator', changes: { added: '0', changed: '1' } });
    await bring([row('edited', { tags: ['b'] })]);
    expect(await entries()).to.deep.equal(noted);
  });

  it('notes in the audit log what it has brought when it is ended by Ctrl-C', async () => {
    const rows = Array.from({ length: 4000 }, (_, n) => row(`ended-${n}`));
    const count = () => mongo.collection('videos').countDocuments({ 'outside.id': /^ended-/ });
    const file = join(folder, 'ended.ndjson');
    await writeFile(file, textOf(rows));
    const { child, ended } = startCli(['import', file], system.env);
    await until('some entries', async () => (await count()) > 0);
    child.kill('SIGINT');
    const { code, notes } = await ended;
    const added = await count();
    expect(code).to.equal(1);
    expect(notes).to.match(new RegExp(`^SIGINT has ended it: \\d+ rows: ${added} added, `, 'm'));
    const [noted] = await mongo.collection('audit').find({ route: 'import' }).sort({ at: -1 }).toArray();
    expect(noted).to.deep.include({ actorId: 'operator', changes: { added: String(added), changed: '0' } });
  });

  it('brings nothing to an account that is suspended meanwhile', async () => {
    const { db } = system.context;
    for (let round = 0; round < 10; round += 1) {
      const id = `raced-${round}`;
      const person = { issuer: 'x', subject: id, displayName: 'X', email: null, emailVerified: false };
      const user = await db.users.signedIn({ ...person, roles: ['creator'] });
      const suspend = () =>
        db.transaction(async (session) => {
          const now = await db.users.find(user._id, session);
          if (now) await db.accounts.change(now, { status: 'suspended' }, session);
        });
      const brought = importedVideo(system, user._id, { id }).then(
        () => '',
        (error: Error) => error.message,
      );
      await Promise.all([suspend().then(() => settleAccount(system.context, user._id)), brought]);
      expect(await brought).to.be.oneOf(['', `The account ${user._id} is suspended.`]);
      const [found] = await all('videos', { 'outside.id': id });
      if (found) expect(found).to.include({ ownerStatus: 'suspended' });
      const late = await importedVideo(system, user._id, { id: `late-${round}` }).catch(String);
      expect(late).to.equal(`Error: The account ${user._id} is suspended.`);
      expect(await all('videos', { 'outside.id': `late-${round}` })).to.deep.equal([]);
    }
  });

  it('gives entries to an owner that is named later', async () => {
    await bring([row('given')]);
    const { ownerId } = await withId('given');
    const { userId } = (await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' })).body;
    expect(await bring([row('given')], '--owner', 'demo@example.com')).to.include({ changed: 1 });
    expect((await withId('given')).ownerId)
      .to.equal(userId)
      .and.not.equal(ownerId);
    expect(await bring([row('given')]), 'without it they stay').to.include({ same: 1 });
  });

  it('shows entries in lists and ranks them', async () => {
    await bring([
      row('ranked', {
        publishedAt: new Date().toISOString(),
        views: { CH: 5000 },
        playUrl: 'https://play.example/a.mp4',
      }),
    ]);
    const { _id } = await withId('ranked');
    await system.startWorker();
    await until('a rank', async () => {
      const { body } = await ask<{ videos: { videoId: string; rank: number | null }[] }>(
        system,
        'GET',
        '/api/trending/CH',
      );
      return body.videos.some(({ videoId, rank }) => videoId === _id && rank === 1);
    });
    const { body } = await ask<{ items: Row[] }>(system, 'GET', '/api/videos?limit=100');
    expect(body.items.find(({ videoId }) => videoId === _id)).to.include({
      ...{ title: 'Title ranked', playable: true, views: 5000, channelTitle: 'A channel' },
    });
  });

  it('refuses a file that is not there, and owners that are not or may not', async () => {
    expect(await run([join(folder, 'none')])).to.include({ code: 1, output: '' });
    const unknown = await run(['-', '--owner', 'nobody@example.com'], '');
    expect(unknown).to.include({ code: 1, output: '' });
    expect(unknown.notes).to.match(/^No account has the address/);
    const person = { subject: 'suspended', displayName: 'X', email: null, emailVerified: false };
    const user = await system.context.db.users.signedIn({ issuer: 'x', ...person, roles: ['creator'] });
    await mongo.collection<Stored>('users').updateOne({ _id: user._id }, { $set: { status: 'suspended' } });
    const refused = await run(['-', '--owner', user._id], textOf([row('refused')]));
    expect(refused).to.include({ code: 1, notes: `The account ${user._id} is suspended.\n` });
    expect(await all('videos', { 'outside.id': 'refused' })).to.deep.equal([]);
  });

  for (const words of [[], ['--json'], ['a', 'b'], ['a', '--owner'], ['a', '--what']]) {
    it(`shows how it is used when it is told "import ${words.join(' ')}"`, async () => {
      const { code, notes } = await run(words);
      expect(code).to.equal(2);
      expect(notes).to.include('import FILE.ndjson [--owner EMAIL|USER_ID] [--json]');
    });
  }
});
