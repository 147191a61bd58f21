import { expect } from 'chai';
import { createClient } from '../../scripts/client.ts';
import { signIn } from '../../scripts/sign-in.ts';
import type { Person } from '../../shared/db/users.ts';
import { startCli } from '../support/cli.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

describe('scripts/cli', () => {
  let system: System;
  before(async () => {
    system = await startSystem();
  });
  after(() => system.stop());

  const cli = (words: string[], env: Record<string, string> = system.env) => startCli(words, env).ended;
  const account = async (login: string) => {
    const cookie = await signIn(system.url, { login, password: login });
    return createClient(system.url, cookie).call<{ userId: string; roles: string[] }>('GET', '/api/auth/me');
  };
  const person = (about: Partial<Person>): Person => ({
    issuer: 'https://id.example.org',
    subject: 'x',
    displayName: 'X',
    email: 'x@example.com',
    emailVerified: true,
    roles: ['viewer'],
    ...about,
  });

  it('makes the first administrator, whom the provider’s claim then no longer changes', async () => {
    expect(await cli(['admin', 'list'])).to.include({ code: 0, output: 'There is no administrator.\n' });
    const { userId, roles } = await account('demo');
    expect(roles).to.deep.equal(['creator']);
    const granted = await cli(['admin', 'grant', 'Demo@Example.com']);
    expect(granted).to.include({ code: 0, notes: '' });
    expect(granted.output).to.include(userId).and.to.include('is an administrator');
    expect((await account('demo')).roles, 'after another sign-in').to.deep.equal(['creator', 'admin']);
    expect((await cli(['admin', 'grant', userId])).code, 'again').to.equal(0);
    expect((await account('demo')).roles).to.deep.equal(['creator', 'admin']);
    expect((await cli(['admin', 'list'])).output).to.match(
      new RegExp(`^${userId} \\("Demo Creator", demo@example.com, from http://127.0.0.1:\\d+\\)\n$`),
    );
  });

  it('takes it away again, also from who has no other role', async () => {
    const { userId, roles } = await account('admin');
    expect(roles).to.deep.equal(['admin']);
    const { code, output } = await cli(['admin', 'revoke', 'admin@example.com']);
    expect(code).to.equal(0);
    expect(output).to.include(userId).and.to.include('no administrator any more');
    expect((await account('admin')).roles).to.deep.equal(['creator']);
    const again = await cli(['admin', 'revoke', userId]);
    expect([again.code, again.output]).to.deep.equal([1, '']);
    expect(again.notes).to.include('is no administrator.');
  });

  it('leaves a trace in the audit log', async () => {
    const { userId } = await account('demo');
    expect((await cli(['keys', 'rotate', '--now'])).code).to.equal(0);
    expect((await cli(['admin', 'grant', userId])).code).to.equal(0);
    const order = { field: 'at', direction: -1 } as const;
    const [granted, rotated] = await system.context.db.audit.page(
      { actorId: 'operator' },
      { order, limit: 2 },
    );
    const deed = { action: 'user.change', method: 'CLI', route: 'admin grant', ownerId: userId };
    expect(granted).to.deep.include({ ...deed, target: { userId }, changes: { roles: 'creator admin' } });
    expect(rotated).to.deep.include({ action: 'signing-key.rotate', route: 'keys rotate', ownerId: null });
  });

  it('refuses an address that is nobody’s, more than one’s, or verified by nobody', async () => {
    const { db } = system.context;
    const grant = (who: string) => cli(['admin', 'grant', who]);
    const unknown = await grant('nobody@example.com');
    expect(unknown).to.include({ code: 1, output: '' });
    expect(unknown.notes).to.match(/^No account has the address nobody@example.com\. .*\.\n$/);
    expect(await grant('0'.repeat(24))).to.include({ code: 1, output: '' });

    const one = await db.users.signedIn(person({ subject: '1', email: 'twice@example.com' }));
    const two = await db.users.signedIn(person({ subject: '2', email: 'Twice@example.com' }));
    const several = await grant('twice@example.com');
    expect(several.code).to.equal(1);
    expect(several.notes).to.include(one._id).and.to.include(two._id);

    const about = { subject: '3', email: 'claimed@example.com', emailVerified: false };
    const claimed = await db.users.signedIn(person({ ...about, displayName: 'Eve\u001b[2J' }));
    const unverified = await grant('claimed@example.com');
    expect(unverified.code).to.equal(1);
    expect(unverified.notes)
      .to.match(/Nobody has verified/)
      .and.to.include(claimed._id);
    expect(unverified.notes, 'nothing that moves a terminal').not.to.include('\u001b');
    expect((await db.users.withRole('admin')).map(({ _id }) => _id)).not.to.include.members([one._id]);
    expect((await grant(claimed._id)).code, 'by its id it can').to.equal(0);
  });

  it('writes anew what search knows', async () => {
    await videoIn('ready', system, { title: 'Lantern over water' });
    const found = async () => (await fetch(`${system.url}/api/search?q=lantern`)).json();
    expect(await found()).to.include({ total: 0 });
    const { code, output } = await cli(['search', 'reindex']);
    expect({ code, output }).to.deep.equal({
      code: 0,
      output: '1 videos were looked at; search knows those that everyone may see.\n',
    });
    expect(await found()).to.include({ total: 1 });
  });

  for (const words of [[], ['toString'], ['admin', 'grant'], ['admin', 'list', 'all']]) {
    it(`shows how it is used when it is told "${words.join(' ')}"`, async () => {
      // It does not even ask for the configuration.
      const { code, output, notes } = await cli(words, { PATH: process.env.PATH ?? '' });
      expect({ code, output }).to.deep.equal({ code: 2, output: '' });
      expect(notes)
        .to.match(/^Usage: npm run cli -- COMMAND$/m)
        .and.include('admin grant EMAIL|USER_ID');
    });
  }

  for (const [words, missing] of [
    ['keys', '"keys" is not complete: keys rotate [--now], keys rotate --now --drop.'],
    ['admin grant', '"admin grant" is not complete: admin grant EMAIL|USER_ID.'],
    ['import some.ndjson --owner', '--owner needs an e-mail address or the id of an account.'],
    ['admin list all', '"admin list all" is not known.'],
  ] as const) {
    it(`says what is wrong with "${words}"`, async () => {
      const { notes } = await cli(words.split(' '), { PATH: process.env.PATH ?? '' });
      expect(notes.split('\n')[0]).to.equal(missing);
    });
  }

  for (const words of [['--help'], ['-h'], ['help'], ['admin', 'grant', '--help']]) {
    it(`shows how it is used to who asks by "${words.join(' ')}"`, async () => {
      const { code, output } = await cli(words, { PATH: process.env.PATH ?? '' });
      expect(code).to.equal(0);
      expect(output).to.match(/^Usage: npm run cli -- COMMAND$/m);
    });
  }

  it('says which configuration is missing', async () => {
    const { code, notes } = await cli(['admin', 'list'], { PATH: process.env.PATH ?? '' });
    expect(code).to.equal(1);
    expect(notes).to.include('MONGO_URL: is not set');
  });

  it('says which server does not answer', async () => {
    const { code, notes } = await cli(['admin', 'list'], {
      ...system.env,
      MONGO_URL: 'mongodb://127.0.0.1:1/x',
    });
    expect(code).to.equal(1);
    expect(notes).to.include('MongoDB (MONGO_URL) cannot be used: connect ECONNREFUSED');
  });
});
