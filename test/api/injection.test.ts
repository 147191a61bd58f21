import { expect } from 'chai';
import type { Route } from '../../api/route.ts';
import type { Client, Problem } from '../../scripts/client.ts';
import { freshSession } from '../support/accounts.ts';
import { wholeDatabase } from '../support/database.ts';
import { addressOf, bodyFor, everyRoute, isLoose, membersOf, nameOf } from '../support/routes.ts';
import { type System, startSystem } from '../support/system.ts';

const operators: object[] = [
  { $ne: null },
  { $gt: '' },
  { $where: 'sleep(5000)' },
  { $nor: [] },
  { deep: { $ne: null } },
];

/** What only the server decides. */
const ofTheServer: Record<string, unknown> = {
  ...{
    _id: 'x',
    id: 'x',
    __v: 1,
    ownerId: 'x',
    userId: 'x',
    revision: 99,
    createdAt: '2020-01-01T00:00:00Z',
  },
  ...{ state: 'ready', status: 'active', generation: 9, activeGeneration: 9, views: 1e6, rank: 1 },
  ...{
    roles: ['admin'],
    role: 'admin',
    isAdmin: true,
    emailVerified: true,
    rolesSetBy: 'admin',
    issuer: 'x',
  },
  ...{ key: 'videos/x', etag: 'x', bytes: 1, scopes: ['manage'], constructor: {}, prototype: {} },
};

describe('what strangers put into requests', () => {
  let system: System;
  /** Sees what all see, and may do what most may; and who may do everything. */
  let stranger: string;
  let admin: string;
  let beforehand: string;
  const title = 'A private matter';

  before(async () => {
    system = await startSystem();
    const owner: Client = await system.client('demo');
    await owner.requestUpload({
      filename: 'a.mp4',
      size: 1000,
      type: 'video/mp4',
      title,
      visibility: 'private',
    });
    stranger = await freshSession(system);
    admin = await freshSession(system, ['creator', 'admin']);
    beforehand = await wholeDatabase(system);
  });
  after(() => system.stop());

  type Sent = { status: number; text: string };

  async function send(cookie: string, route: Route, path: string, body?: unknown): Promise<Sent> {
    const form = route.form ? 'application/x-www-form-urlencoded' : 'application/json';
    const response = await fetch(`${system.url}${path}`, {
      method: route.method.toUpperCase(),
      redirect: 'manual',
      headers: { Cookie: cookie, ...(body === undefined ? {} : { 'Content-Type': form }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  function expectRefusal({ status, text }: Sent, what: string): Problem {
    expect(status, `${what}: ${text}`).to.be.within(400, 499);
    const problem = JSON.parse(text) as Problem;
    expect(problem.code, what).not.to.equal('not_signed_in');
    expect(text, what).not.to.include(title);
    return problem;
  }

  function expectNothing({ status, text }: Sent): void {
    expect(status, text).to.be.below(500);
    expect(text).not.to.include(title);
  }

  const withBody = everyRoute.filter(({ body, text }) => body && !text);

  for (const route of everyRoute) {
    const names = membersOf(route.params);
    const queries = membersOf(route.query);
    it(`are words and no operators in ${nameOf(route)}`, async () => {
      for (const operator of operators) {
        const words = JSON.stringify(operator);
        const name = Object.keys(operator)[0] ?? '';
        for (const param of names) {
          for (const value of [words, `[${name}]`, name]) {
            const path = addressOf(route, { [param]: encodeURIComponent(value) });
            expectRefusal(await send(stranger, route, path, route.body && bodyFor(route)), path);
            expectRefusal(await send(admin, route, path, route.body && bodyFor(route)), path);
          }
        }
        for (const query of [...queries, 'unknown']) {
          const attacks = [`${query}[${name}]=1`, `${name}=1`, `${query}[deep][${name}]=1`];
          for (const attack of attacks) {
            const path = `${addressOf(route)}?${attack}`;
            for (const cookie of [stranger, admin]) {
              const sent = await send(cookie, route, path, route.body && bodyFor(route));
              if (isLoose(route.query)) expectNothing(sent);
              else expectRefusal(sent, path);
            }
          }
          // A word that only looks like an operator may be searched for, and finds nothing.
          const path = `${addressOf(route)}?${query}=${encodeURIComponent(words)}`;
          const { status, text } = await send(stranger, route, path);
          expectNothing({ status, text });
        }
      }
    });
  }

  for (const route of withBody) {
    it(`are words and no operators in the body of ${nameOf(route)}`, async () => {
      const path = addressOf(route);
      for (const operator of operators) {
        const [name = ''] = Object.keys(operator);
        const whole = route.form ? `${name}=1` : operator;
        expectRefusal(await send(admin, route, path, whole), `${path} ${JSON.stringify(whole)}`);
        for (const member of membersOf(route.body)) {
          const body = route.form ? `${member}[${name}]=1` : { ...bodyFor(route), [member]: operator };
          expectRefusal(await send(admin, route, path, body), `${path} ${JSON.stringify(body)}`);
        }
      }
    });

    it(`cannot set what is the server’s by ${nameOf(route)}`, async () => {
      const members = membersOf(route.body);
      for (const [name, value] of Object.entries(ofTheServer)) {
        if (members.includes(name)) continue;
        const body = route.form ? `${name}=1` : { ...bodyFor(route), [name]: value };
        const sent = await send(admin, route, addressOf(route), body);
        const problem = expectRefusal(sent, name);
        if (isLoose(route.body)) continue;
        expect(problem.code, name).to.equal('invalid_request');
        expect(problem.errors?.map(({ pointer }) => pointer)).to.include(`/${name}`);
      }
    });
  }

  it('has left nothing behind', async () => {
    expect(await wholeDatabase(system)).to.equal(beforehand);
  });

  describe('as JSON', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const wide = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n])));
    const post = async (body: string) => {
      const route = everyRoute.find((one) => nameOf(one) === 'POST /api/uploads');
      const sent = await send(stranger, route as Route, '/api/uploads', body);
      return JSON.parse(sent.text) as Problem;
    };
    const refused: [string, string, string][] = [
      ['nested 21 deep', nested(21), 'A body may be nested 20 deep at most.'],
      ['nested 50,000 deep', nested(50_000), 'A body may be nested 20 deep at most.'],
      ['with 1001 members', wide(1001), 'A body may have 1000 members at most.'],
      [
        'with 5000 members in lists',
        JSON.stringify({ tags: Array(5000).fill(1) }),
        'A body may have 1000 members at most.',
      ],
      ['that names __proto__', '{"__proto__":{"isAdmin":true}}', 'The body is not valid JSON.'],
      ['that spells it otherwise', '{"__proto_\\u005f":{"isAdmin":true}}', 'The body is not valid JSON.'],
      ['that names it deep inside', '{"tags":[{"__proto__":null}]}', 'The body is not valid JSON.'],
      [
        'with the first half of a character',
        '{"filename":"a.mp4","size":9,"type":"video/mp4","title":"a\\ud83d"}',
        'A text in the body has half a character.',
      ],
      [
        'with halves in the wrong order',
        '{"filename":"a.mp4","size":9,"type":"video/mp4","tags":["\\ude00\\ud83d"]}',
        'A text in the body has half a character.',
      ],
    ];
    for (const [what, body, detail] of refused) {
      it(`is refused when it is a body ${what}`, async () => {
        expect(await post(body)).to.include({ status: 400, code: 'invalid_json', detail });
        expect(({} as { isAdmin?: boolean }).isAdmin).to.equal(undefined);
      });
    }

    it('is refused when it is not in UTF-8', async () => {
      const headers = { 'Content-Type': 'application/json; charset=iso-8859-1' };
      const body = Buffer.from('{"filename":"Zoë.mp4"}', 'latin1');
      const reply = await fetch(new URL('/api/uploads', system.url), {
        method: 'POST',
        headers: { ...headers, Cookie: stranger },
        body,
      });
      const told = { status: 400, code: 'invalid_json', detail: 'The body is not in UTF-8.' };
      expect(await reply.json()).to.include(told);
      for (const text of ['{"filename":"Zoë.mp4"}', '\ufeff{"filename":"Zoë.mp4"}'])
        expect(await post(text), text).to.include({ code: 'invalid_request' });
    });

    it('is read up to those bounds', async () => {
      expect(await post(nested(20))).to.include({ code: 'invalid_request' });
      expect(await post(wide(1000))).to.include({ code: 'invalid_request' });
      expect(await post('{"title":"\\ud83d\\ude00"}')).to.include({ code: 'invalid_request' });
    });

    it('is refused when it has more than 100 KB', async () => {
      expect(await post(JSON.stringify({ title: 'x'.repeat(102_400) }))).to.include({
        status: 413,
        code: 'body_too_large',
      });
    });
  });
});
