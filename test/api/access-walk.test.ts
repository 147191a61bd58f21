import { expect } from 'chai';
import { type Connection, createConnection } from 'mongoose';
import { newApiKey } from '../../api/access/api-key.ts';
import { type Actor, decide, oversees, policy, type Thing } from '../../api/access/policy.ts';
import { apiRoutes } from '../../api/app.ts';
import type { Route } from '../../api/route.ts';
import { accountPageRoutes } from '../../api/web/account-pages.ts';
import { pageRoutes } from '../../api/web/pages.ts';
import { type Scope, scopes } from '../../shared/contracts/account.ts';
import type { Visibility } from '../../shared/contracts/videos.ts';
import { type System, startSystem } from '../support/system.ts';
import { bodies, type Person, personWith, type Things, thingsMaker, values } from '../support/walk.ts';

/** Who has a key shows that, others their cookie. */
type Walker = Person & { key?: string };
type Walked = Pick<Route, 'method' | 'path' | 'action' | 'body' | 'form'>;

const dashboard: Walked[] = [
  { method: 'get', path: '/admin/queues', action: 'queue.oversee' },
  { method: 'put', path: '/admin/queues/api/queues/:queueName/pause', action: 'queue.oversee' },
];
const walked: Walked[] = [...apiRoutes, ...pageRoutes, ...accountPageRoutes, ...dashboard];
const callers = ['anonymous', 'viewer', 'creator', 'owner', 'moderator', 'admin', 'suspended'] as const;
/** API keys of administrators: they do what their scopes name, and nothing that no key may. */
const keyScopes = { 'key to read': ['read'], 'key for all': scopes } as const satisfies Record<
  string,
  readonly Scope[]
>;
type KeyCaller = keyof typeof keyScopes;
type Caller = (typeof callers)[number] | KeyCaller;
const isKey = (caller: Caller): caller is KeyCaller => caller in keyScopes;
const allCallers: Caller[] = [...callers, ...(Object.keys(keyScopes) as KeyCaller[])];
const nameOf = ({ method, path }: Walked) => `${method.toUpperCase()} ${path}`;
const paramsOf = ({ path }: Walked) => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

/** What a route's address names, as the policy judges it. */
function thingOf(route: Walked, things: Things): Thing | undefined {
  return paramsOf(route).flatMap((name) => values[name]?.thing?.(things) ?? [])[0];
}

/** First whether somebody may do it at all: that is told before it is known what to. */
function declared(route: Walked, actor: Actor | undefined, thing: Thing | undefined) {
  const first = decide(route.action, actor);
  return first === 'allowed' && thing ? decide(route.action, actor, thing) : first;
}

/** To sign-in and sign-out a suspended account is nobody; from everything else it hears that it is suspended. */
function declaredSuspended({ action }: Walked): string {
  return action === 'sign-in.use' ? decide(action, undefined) : 'suspended';
}

function declaredToKey(route: Walked, held: readonly Scope[], actor: Actor | undefined, thing?: Thing) {
  const { scope } = policy[route.action];
  return scope !== null && held.includes(scope) ? declared(route, actor, thing) : 'forbidden';
}

const decisions: Record<string, string> = {
  not_signed_in: 'sign_in',
  forbidden: 'forbidden',
  not_found: 'hidden',
  account_suspended: 'suspended',
};

describe('every route, called by everybody,', function () {
  this.timeout(60_000);
  let system: System;
  let mongo: Connection;
  let make: (visibility: Visibility) => Promise<Things>;
  const people: Partial<Record<Caller, Walker | undefined>> = {};
  let shared: Record<string, Things>;

  before(async () => {
    system = await startSystem({ RATE_LIMITS: 'off', LOCAL_ACCOUNTS: 'true' });
    mongo = await createConnection(system.config.MONGO_URL).asPromise();
    make = await thingsMaker(system, mongo);
    for (const caller of allCallers) people[caller] = await somebody(caller);
    shared = { public: await make('public'), private: await make('private') };
  });
  after(async () => {
    await mongo?.close();
    await system?.stop();
  });

  /** Somebody new, who has nothing to do with the owner. */
  async function somebody(caller: Caller): Promise<Walker | undefined> {
    if (caller === 'anonymous' || caller === 'owner') return undefined;
    if (isKey(caller)) {
      const person = await personWith(['admin'], system);
      const key = newApiKey();
      const about = { ownerId: person._id, name: caller, scopes: [...keyScopes[caller]], expiresAt: null };
      await system.context.db.apiKeys.create(about, key);
      return { ...person, key };
    }
    if (caller !== 'suspended') return personWith([caller], system);
    const person = await personWith(['creator', 'admin'], system);
    const users = mongo.collection<{ _id: string }>('users');
    await users.updateOne({ _id: person._id }, { $set: { status: 'suspended' } });
    return person;
  }

  async function call(route: Walked, things: Things, person: Walker | undefined) {
    const path = route.path.replaceAll(/:(\w+)/g, (_, name) => values[name]?.of(things) ?? '');
    const body = bodies[nameOf(route)];
    const isText = typeof body === 'string';
    const type = isText ? 'text/vtt' : route.form ? 'application/x-www-form-urlencoded' : 'application/json';
    const content =
      isText || !body ? body : route.form ? new URLSearchParams({ ...body }) : JSON.stringify(body);
    const response = await fetch(`${system.url}${path}`, {
      method: route.method.toUpperCase(),
      redirect: 'manual',
      headers: {
        ...(person?.key
          ? { Authorization: `Bearer ${person.key}` }
          : person
            ? { Cookie: person.cookie }
            : {}),
        ...(body ? { 'Content-Type': type } : {}),
        // Whatever there is now: what is shown here is who may.
        ...(route.method === 'get' ? {} : { 'If-Match': '*' }),
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const isProblem = response.headers.get('content-type')?.includes('problem+json');
    const said = await response.text();
    const code = isProblem ? (JSON.parse(said) as { code: string }).code : '';
    if (response.status >= 500 || response.status === 429) {
      throw new Error(`${nameOf(route)} answers ${response.status}: ${said}`);
    }
    return {
      isDone: response.ok,
      decision: decisions[code] ?? 'allowed',
      said: `${response.status} ${code}`,
      isKeptByChance: response.status < 400 && !response.headers.has('cache-control'),
      requestId: response.headers.get('x-request-id') ?? '',
    };
  }

  it('can be called, and has a row in the policy', () => {
    const missing = walked.flatMap((route) => [
      ...(policy[route.action] ? [] : [`${nameOf(route)}: add "${route.action}" to api/access/policy.ts`]),
      ...paramsOf(route).flatMap((name) =>
        values[name] ? [] : [`${nameOf(route)}: add "${name}" to \`values\` in test/support/walk.ts`],
      ),
      ...(route.body && !bodies[nameOf(route)]
        ? [`${nameOf(route)}: add its smallest body to \`bodies\` in test/support/walk.ts`]
        : []),
    ]);
    expect(missing).to.deep.equal([]);
  });

  for (const route of walked) {
    const isReading = route.method === 'get';

    it(`${nameOf(route)} answers as ${route.action} says`, async () => {
      const wrong: string[] = [];
      const walk = async (caller: Caller, visibility: 'public' | 'private') => {
        // What changes something gets people and things of its own each time.
        const things = isReading ? (shared[visibility] as Things) : await make(visibility);
        const other = isReading ? people[caller] : await somebody(caller);
        const person = caller === 'owner' ? things.owner : other;
        const thing = thingOf(route, things);
        const expected = isKey(caller)
          ? declaredToKey(route, keyScopes[caller], person, thing)
          : caller === 'suspended'
            ? declaredSuspended(route)
            : declared(route, person, thing);
        const answer = await call(route, things, person);
        const words = `${caller}, ${visibility}`;
        if (answer.decision !== expected) {
          wrong.push(`${words}: ${expected} is declared, ${answer.said} is what the api says`);
        }
        if (isReading && answer.isKeptByChance) wrong.push(`${words}: no Cache-Control`);
        const noted = await mongo.collection('audit').countDocuments({ requestId: answer.requestId });
        const isDue = !isReading && answer.isDone && person && oversees(route.action, person, thing);
        if (noted !== (isDue ? 1 : 0)) wrong.push(`${words}: ${noted} entries in the audit log`);
      };
      await Promise.all(allCallers.flatMap((caller) => [walk(caller, 'public'), walk(caller, 'private')]));
      expect(wrong, 'an address that finds nothing needs it in `thingsMaker`').to.deep.equal([]);
    });
  }
});
