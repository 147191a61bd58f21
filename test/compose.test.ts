import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { parse } from 'yaml';
import { cpuShares } from '../scripts/local/cpu-shares.ts';
import { npmCommand } from '../scripts/local/npm-command.ts';
import { configNames, readConfig } from '../shared/config.ts';

type Service = {
  image: string;
  build?: { dockerfile: string };
  command?: string[];
  cpu_shares?: number;
  container_name?: string;
  environment?: Record<string, string | null>;
  ports?: string[];
  user?: string;
  init?: boolean;
  restart?: string;
  read_only?: boolean;
  healthcheck?: { test?: string[]; timeout: string };
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  networks?: string[];
  volumes?: string[];
};
type Compose = { services: Record<string, Service>; networks: Record<string, unknown> };

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const text = read('docker-compose.yml');
const load = (yaml: string): Compose => parse(yaml, { merge: true });

/** The published schema of the Compose specification, as the linter dclint ships it. */
function composeSchema(): object {
  const root = dirname(createRequire(import.meta.url).resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(root, 'schemas/compose.schema.json'), 'utf8'));
  // It names the meta schema by https, under which name Ajv does not know it.
  return { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' };
}
const validate = new Ajv({ strict: false, allErrors: true }).compile(composeSchema());
const problems = (compose: unknown) =>
  validate(compose) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);

/** `${A:-b}`, `${A:?why}` and `${A}`, innermost first, as Compose replaces them. */
function interpolate(value: string, env: Record<string, string> = {}): string {
  const replaced = value.replace(
    /\$\{(\w+)(?::(-|\?)([^${}]*))?\}/g,
    (_, name: string, operator, rest: string) => {
      if (env[name]) return env[name];
      if (operator === '?') throw new Error(`${name}: ${rest}`);
      return rest ?? '';
    },
  );
  return replaced === value ? value : interpolate(replaced, env);
}

const required = {
  SECRET_KEY: 'a secret key that is long enough',
  S3_SECRET_ACCESS_KEY: 'a-long-secret',
};
/** One way to sign in. */
const signIn = {
  OIDC_ISSUER: 'https://id.example.org',
  OIDC_CLIENT_ID: 'millrace',
  OIDC_CLIENT_SECRET: 'another-secret',
};
const given = { ...required, ...signIn };
const environmentOf = (service: Service, env: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      value === null ? env[name] : interpolate(value, env),
    ]),
  );

function secondsIn(duration: string | undefined): number {
  const [, amount, unit] = /^(\d+)(s|m)$/.exec(duration ?? '') ?? [];
  if (!amount) throw new Error(`"${duration}" is not a duration in s or m`);
  return Number(amount) * (unit === 'm' ? 60 : 1);
}

describe('docker-compose.yml', () => {
  const compose = load(text);
  const { services } = compose;
  const serviceNamed = (name: string): Service =>
    services[name] ?? expect.fail(`there is no service "${name}"`);
  const ours = ['api', 'worker'] as const;
  /** Why a service needs no health check. */
  const runsOnce = ['s3-buckets'];

  it('satisfies the schema of the Compose specification', () => {
    expect(problems(compose)).to.deep.equal([]);
  });

  it('would not satisfy it with a misspelt key, a wrong type or an unknown section', () => {
    const broken = (from: string, to: string) => {
      expect(text).to.include(from);
      return problems(load(text.replace(from, to))).join('\n');
    };
    expect(broken('stop_grace_period:', 'stop_grace_periode:')).to.match(
      /services\/api .*additional properties/,
    );
    expect(broken('init: true', 'init: [yes]')).to.match(/\/init must be/);
    expect(broken('\nvolumes:\n', '\nvolume:\n')).to.match(/additional properties/);
    expect(broken('condition: service_healthy', 'condition: healthy')).to.match(/allowed values/);
  });

  it('restarts what serves, and checks its health', () => {
    for (const [name, { restart, healthcheck }] of Object.entries(services)) {
      expect(restart, name).to.equal(runsOnce.includes(name) ? 'no' : 'unless-stopped');
      if (!runsOnce.includes(name)) expect(healthcheck, name).to.be.an('object');
    }
  });

  it('asks the images of api and worker for their own health check', () => {
    for (const name of ours) {
      const { build, healthcheck } = serviceNamed(name);
      expect(build?.dockerfile).to.equal(`Dockerfile.${name}`);
      expect(healthcheck, 'a test here would hide the one in the image').to.not.have.property('test');
      expect(read(`Dockerfile.${name}`)).to.match(/^HEALTHCHECK [^\n]*\\\n {2}CMD \[.*\/healthz/m);
    }
  });

  it('starts the processes of the images with the heap that npm gives them', () => {
    for (const name of ours) {
      const { dockerfile = '' } = serviceNamed(name).build ?? {};
      const [, command = ''] = /^CMD (\[.*\])$/m.exec(read(dockerfile)) ?? [];
      const [, ...words] = JSON.parse(command);
      expect(words, dockerfile).to.deep.equal(
        npmCommand(name).filter((word) => word !== '--import' && word !== 'tsx'),
      );
    }
  });

  it('shares the processors as the local stack does, which is measured', () => {
    const given = Object.entries(services).flatMap(([name, { cpu_shares: shares }]) =>
      shares === undefined ? [] : [[name, shares]],
    );
    expect(Object.fromEntries(given)).to.deep.equal(cpuShares);
  });

  it('starts a service only after what it needs is healthy', () => {
    for (const [name, { depends_on = {} }] of Object.entries(services)) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const expected = runsOnce.includes(needed) ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} -> ${needed}`).to.equal(expected);
      }
    }
    for (const name of ours) expect(serviceNamed(name).depends_on).to.have.all.keys('mongo', 'redis', 's3');
  });

  it('can run the worker many times on one machine', () => {
    const worker = serviceNamed('worker');
    expect(worker).to.not.have.any.keys('container_name', 'ports', 'hostname');
    const workDir = worker.environment?.WORK_DIR;
    expect(worker.volumes, 'a named volume would be shared by all').to.deep.equal([workDir]);
    expect(read('Dockerfile.worker')).to.include(`\nVOLUME ${workDir}\n`);
  });

  it('runs mongo as a replica set that its health check starts, under the name in MONGO_URL', () => {
    const { command, healthcheck } = serviceNamed('mongo');
    expect(command?.join(' ')).to.include('--replSet rs0');
    const script = healthcheck?.test?.join(' ') ?? '';
    expect(script).to.include("rs.initiate({ _id: 'rs0'").and.include("host: 'mongo:27017'");
    for (const name of ours) {
      expect(serviceNamed(name).environment?.MONGO_URL).to.match(
        /^mongodb:\/\/mongo:27017\/.*replicaSet=rs0/,
      );
    }
  });

  it('runs redis with an append-only file and without eviction', () => {
    const command = serviceNamed('redis').command?.join(' ') ?? '';
    expect(command).to.include('--appendonly yes').and.include('--maxmemory-policy noeviction');
  });

  it('keeps what has no password on a network without a way in or out', () => {
    expect(compose.networks.inside).to.deep.equal({ internal: true });
    for (const name of ['mongo', 'redis', 'worker']) {
      expect(serviceNamed(name).networks).to.deep.equal(['inside']);
      expect(serviceNamed(name)).to.not.have.property('ports');
    }
  });

  it('publishes ports on loopback unless told otherwise', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) =>
      ports.map((port) => interpolate(port)),
    );
    expect(published).to.deep.equal(['127.0.0.1:3000:3000', '127.0.0.1:7070:7070']);
  });

  it('runs every lasting process as somebody other than root, under an init, without privileges', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service, name).to.deep.include({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.init, name).to.equal(true);
      if (!runsOnce.includes(name)) expect(service.user, name).to.match(/^(?!0|root)./);
    }
    for (const name of ours) {
      expect(serviceNamed(name)).to.include({ user: '1000:1000', read_only: true });
      expect(read(`Dockerfile.${name}`)).to.include('\nUSER 1000:1000\n');
    }
  });

  it('gives a process longer to stop than the process gives its work', () => {
    for (const name of ours) {
      const { environment, stop_grace_period } = serviceNamed(name);
      const grace = Number(environment?.SHUTDOWN_GRACE_SECONDS);
      expect(grace, name).to.be.above(0);
      expect(secondsIn(stop_grace_period), name).to.be.at.least(grace + 10);
    }
  });

  it('names only variables that the configuration knows', () => {
    for (const name of ours)
      expect(configNames).to.include.members(Object.keys(serviceNamed(name).environment ?? {}));
  });

  it('passes on every variable that is not the image’s own', () => {
    const own = [
      // Redis here has nothing else in it; the image has these programs at these places.
      ...['REDIS_PREFIX', 'PATH', 'FFMPEG_PATH', 'FFPROBE_PATH'],
      // Instead of the secrets that are asked for.
      ...configNames.filter((name) => name.endsWith('_FILE')),
    ];
    const passed = ours.flatMap((name) => Object.keys(serviceNamed(name).environment ?? {}));
    expect(configNames.filter((name) => !own.includes(name) && !passed.includes(name))).to.deep.equal([]);
  });

  it('gives api and worker a configuration that they accept', () => {
    const api = readConfig(environmentOf(serviceNamed('api'), given));
    const worker = readConfig(environmentOf(serviceNamed('worker'), given));
    expect(api).to.include({
      API_HOST: '0.0.0.0',
      API_PORT: 3000,
      S3_PUBLIC_ENDPOINT: 'http://localhost:7070',
    });
    expect(worker).to.include({
      WORKER_HOST: '0.0.0.0',
      WORKER_PORT: 3001,
      SECRET_KEY: 'a secret key that is long enough',
      S3_SECRET_ACCESS_KEY: 'a-long-secret',
    });
    expect(worker.WORKER_QUEUES).to.include({ probe: 1, encode: 2, sweep: 1 });
  });

  it('passes on what an operator sets', () => {
    const set = { ...given, REGIONS: 'GB,US', UPLOAD_MAX_BYTES: '1000', WORKER_QUEUES: 'encode=3' };
    const worker = readConfig(environmentOf(serviceNamed('worker'), set));
    expect(worker).to.deep.include({
      REGIONS: ['GB', 'US'],
      UPLOAD_MAX_BYTES: 1000,
      WORKER_QUEUES: { encode: 3 },
    });
  });

  it('does not start without the secrets, and has none of its own', () => {
    for (const missing of Object.keys(required)) {
      const env = Object.fromEntries(Object.entries(given).filter(([name]) => name !== missing));
      expect(() => environmentOf(serviceNamed('api'), env), missing).to.throw(`${missing}: set it`);
    }
    for (const name of ours) {
      const env = environmentOf(serviceNamed(name), required);
      expect(() => readConfig(env), name).to.throw(/nobody could sign in/);
    }
    const { ROOT_SECRET_ACCESS_KEY } = serviceNamed('s3').environment ?? {};
    expect(ROOT_SECRET_ACCESS_KEY).to.match(/^\$\{S3_SECRET_ACCESS_KEY:\?/);
  });

  it('lets browsers of the api’s own pages reach the store by default', () => {
    const origin = serviceNamed('s3').environment?.VGW_CORS_ALLOW_ORIGIN ?? '';
    expect(interpolate(origin)).to.equal('http://localhost:3000');
    expect(interpolate(origin, { PUBLIC_URL: 'https://tv.example.org' })).to.equal('https://tv.example.org');
    expect(interpolate(origin, { S3_CORS_ORIGIN: '*' })).to.equal('*');
  });
});
