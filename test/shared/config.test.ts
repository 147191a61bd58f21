import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { configNames, readConfig } from '../../shared/config.ts';
import { signInProviders } from '../../shared/sign-in-providers.ts';

const always = {
  SECRET_KEY: 'a secret key that is long enough',
  MONGO_URL: 'mongodb://mongo/millrace',
  REDIS_URL: 'redis://redis',
  S3_ENDPOINT: 'https://s3.example.org',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
};
const provider = {
  OIDC_ISSUER: 'https://id.example.org',
  OIDC_CLIENT_ID: 'millrace',
  OIDC_CLIENT_SECRET: 'client secret',
};
const required = { ...always, ...provider };

/** The lines of the explanation: what it says of each variable. */
function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    const [first, ...lines] = (error as Error).message.split('\n');
    expect(first).to.equal('The configuration is not usable:');
    return lines.map((line) => line.trim()).sort();
  }
  return [];
}

describe('the configuration', () => {
  it('needs six variables and a way to sign in, and has defaults for the rest', () => {
    const config = readConfig(required);
    expect(config).to.include({
      ...required,
      NODE_ENV: 'development',
      API_PORT: 3000,
      REDIS_PREFIX: 'millrace',
    });
    expect(config.PUBLIC_URL).to.equal(undefined);
    expect(config.WORKER_QUEUES).to.include({ probe: 1, publish: 1, sweep: 1 });
    expect(() => Object.assign(config, { API_PORT: 1 })).to.throw(TypeError);
  });

  it('reports every problem at once, each with its variable', () => {
    const missing = problemsOf({});
    const signIn = missing.filter((line) => line.startsWith('OIDC_'));
    expect(signIn).to.have.length(1);
    expect(signIn[0]).to.match(/^OIDC_ISSUER: is not set, and so nobody could sign in\. Set .*\.$/);
    expect(missing.filter((line) => !signIn.includes(line))).to.deep.equal(
      Object.keys(always)
        .map((name) => `${name}: is not set`)
        .sort(),
    );
    const names = problemsOf({
      ...required,
      MONGO_URL: 'localhost',
      OIDC_ISSUER: 'ftp://id.example.org',
      S3_ACCESS_KEY_ID: undefined,
      API_PORT: '65536',
      VIDEO_MAX_SECONDS: '1.5',
      REDIS_PREFIX: 'Mill Race',
      LOG_LEVEL: 'loud',
      RATE_LIMITS: 'rest=many',
      TRUSTED_PROXIES: 'proxy.example',
      CORS_ORIGINS: 'https://a.example/,*',
    }).map((line) => line.split(':')[0]);
    expect([...new Set(names)]).to.deep.equal([
      'API_PORT',
      'CORS_ORIGINS',
      'LOG_LEVEL',
      'MONGO_URL',
      'OIDC_ISSUER',
      'RATE_LIMITS',
      'REDIS_PREFIX',
      'S3_ACCESS_KEY_ID',
      'TRUSTED_PROXIES',
      'VIDEO_MAX_SECONDS',
    ]);
  });

  it('says how large a number may be', () => {
    const numbers = { API_PORT: '65536', TRENDING_FILL_TO: '-1', WORKER_PORT: 'x', SIGNING_KEY_DAYS: '1.5' };
    expect(problemsOf({ ...required, ...numbers, UPLOAD_MAX_BYTES: '5368709121' })).to.deep.equal([
      'API_PORT: must be at most 65535',
      'SIGNING_KEY_DAYS: must be a whole number',
      'TRENDING_FILL_TO: must be at least 0',
      'UPLOAD_MAX_BYTES: must be at most 5368709120, as one PUT carries no more',
      'WORKER_PORT: must be a number',
    ]);
  });

  it('takes an empty variable for an absent one', () => {
    expect(problemsOf({ ...required, MONGO_URL: '' })).to.deep.equal(['MONGO_URL: is not set']);
    expect(readConfig({ ...required, API_PORT: '', PUBLIC_URL: '' })).to.deep.equal(readConfig(required));
  });

  it('takes spaces for nothing, not for 0', () => {
    expect(readConfig({ ...required, API_PORT: ' ', TRENDING_FILL_TO: ' ' })).to.deep.equal(
      readConfig(required),
    );
  });

  it('refuses times that S3 or a timer would not take', () => {
    const week = 7 * 24 * 3600;
    for (const name of ['UPLOAD_TTL_SECONDS', 'PLAYBACK_URL_TTL_SECONDS']) {
      expect(problemsOf({ ...required, [name]: `${week}` })).to.deep.equal([]);
      expect(problemsOf({ ...required, [name]: `${week + 1}` })[0]).to.match(new RegExp(`^${name}: `));
    }
    expect(problemsOf({ ...required, SHUTDOWN_GRACE_SECONDS: '2147484' })).to.have.length(1);
  });

  it('says of an address that is none what was given and what is meant', () => {
    for (const name of ['S3_ENDPOINT', 'S3_PUBLIC_ENDPOINT', 'PUBLIC_URL']) {
      for (const value of ['foo', 'localhost:9000', 'ftp://a.example', 'http://', 'http:a']) {
        expect(problemsOf({ ...required, [name]: value })).to.deep.equal([
          `${name}: "${value}" is not an address, as https://a.example`,
        ]);
      }
    }
    expect(problemsOf({ ...required, S3_ENDPOINT: 'me:sesame@s3' })).to.deep.equal([
      'S3_ENDPOINT: may hold neither a user nor a query nor a fragment',
    ]);
  });

  it('takes an address with capitals and with spaces around it', () => {
    const { S3_ENDPOINT, PUBLIC_URL } = readConfig({
      ...required,
      S3_ENDPOINT: ' HTTP://s3:7070/ ',
      PUBLIC_URL: 'Https://A.example:443',
    });
    expect([S3_ENDPOINT, PUBLIC_URL]).to.deep.equal(['HTTP://s3:7070', 'https://a.example']);
  });

  it('names the variable of an address that is none, and keeps its password to itself', () => {
    for (const [name, value] of [
      ['REDIS_URL', 'redis://:sesame@h:notaport'],
      ['REDIS_URL', 'rediss://:sesame#b@h:1'],
      ['REDIS_URL', 'redis://:sesame%zz@h:1'],
      ['REDIS_URL', 'http://h:1'],
      ['REDIS_URL', 'redis://:sesame@h:1/millrace'],
      ['SMTP_URL', 'smtp://u:sesame@h:notaport'],
    ] as const) {
      const [problem = ''] = problemsOf({ ...required, MAIL_FROM: 'a@example.org', [name]: value });
      expect(problem)
        .to.match(new RegExp(`^${name}: `))
        .and.not.include('sesame');
    }
    const fine = { REDIS_URL: 'rediss://user:%23%25@[::1]:6380/2' };
    expect(readConfig({ ...required, ...fine })).to.include(fine);
  });

  it('knows no encoding profile by the name of what every object has', () => {
    expect(problemsOf({ ...required, ENCODING_PROFILE: 'constructor' })[0]).to.match(
      /^ENCODING_PROFILE: is not/,
    );
    expect(readConfig(required).ENCODING_PROFILES.constructor).to.equal(undefined);
  });

  it('drops slashes at the end of addresses', () => {
    const config = readConfig({
      ...required,
      S3_ENDPOINT: 'http://s3:7070/',
      PUBLIC_URL: 'https://tv.example.org//',
    });
    expect(config).to.include({ S3_ENDPOINT: 'http://s3:7070', PUBLIC_URL: 'https://tv.example.org' });
  });

  it('takes no path in the address that everything is made for', () => {
    expect(problemsOf({ ...required, PUBLIC_URL: 'https://tv.example.org/media/' })).to.deep.equal([
      'PUBLIC_URL: may hold no path: the api needs a host name of its own, as https://a.example',
    ]);
  });

  it('reads a list of regions, each once', () => {
    expect(readConfig({ ...required, REGIONS: 'gb, US,GB' }).REGIONS).to.deep.equal(['GB', 'US']);
    expect(problemsOf({ ...required, REGIONS: 'GB,Britain,,1A' })).to.deep.equal([
      'REGIONS: "" is no region of ISO 3166-1, as GB',
      'REGIONS: "1A" is no region of ISO 3166-1, as GB',
      'REGIONS: "BRITAIN" is no region of ISO 3166-1, as GB',
    ]);
    expect(problemsOf({ ...required, REGIONS: 'UK' })).to.deep.equal([
      'REGIONS: "UK" is no region of ISO 3166-1, as GB',
    ]);
  });

  it('takes settings for regions that are served, and for no others', () => {
    const two = { ...required, REGIONS: 'GB,US' };
    const { DEFAULT_REGION, TRENDING_HALF_LIFE_HOURS } = readConfig({
      ...two,
      ...{ DEFAULT_REGION: 'us', TRENDING_HALF_LIFE_HOURS: '6,gb=3' },
    });
    expect([DEFAULT_REGION, TRENDING_HALF_LIFE_HOURS.byRegion]).to.deep.equal(['US', { GB: 3 }]);
    expect(problemsOf({ ...two, DEFAULT_REGION: 'DE', TRENDING_HALF_LIFE_HOURS: '6,UK=3' })).to.deep.equal([
      'DEFAULT_REGION: is not one of GB, US (REGIONS)',
      'TRENDING_HALF_LIFE_HOURS: names UK, which is not one of GB, US (REGIONS)',
    ]);
  });

  it('wants to know which database is meant', () => {
    const of = (MONGO_URL: string) => problemsOf({ ...required, MONGO_URL });
    for (const host of ['mongodb://mongo', 'mongodb://a:b%2F@one:1,two:2', 'mongodb+srv://cluster.example']) {
      expect(of(`${host}/millrace?replicaSet=rs0`), host).to.deep.equal([]);
      for (const end of ['', '/', '/?replicaSet=rs0', '?replicaSet=rs0'])
        expect(of(`${host}${end}`), `${host}${end}`).to.deep.equal([
          'MONGO_URL: must name the database, as mongodb://HOST/millrace',
        ]);
    }
  });

  it('reads which queues a worker serves, and how many jobs at once', () => {
    const queues = (WORKER_QUEUES: string) => readConfig({ ...required, WORKER_QUEUES }).WORKER_QUEUES;
    expect(queues('encode=2, publish')).to.deep.equal({ encode: 2, publish: 1 });
    for (const wrong of [
      'encoding',
      'encode=0',
      'encode=-1',
      'encode=two',
      'encode=1000',
      'encode=1=2',
      'encode,',
    ]) {
      const problems = problemsOf({ ...required, WORKER_QUEUES: wrong });
      expect(problems, wrong).to.have.length(1);
      expect(problems[0]).to.match(/^WORKER_QUEUES: ".*" is not QUEUE or QUEUE=COUNT of probe,encode,/);
    }
  });

  it('wants a mail server for local accounts in production, and a sender for it', () => {
    const local = { ...required, LOCAL_ACCOUNTS: 'true' };
    const SMTP_URL = 'smtps://user:secret@mail.example.org';
    expect(readConfig(required).LOCAL_ACCOUNTS).to.equal(false);
    expect(readConfig(local).LOCAL_ACCOUNTS).to.equal(true);
    expect(problemsOf({ ...local, NODE_ENV: 'production' })).to.deep.equal([
      'SMTP_URL: is not set, and LOCAL_ACCOUNTS needs it in production, to confirm e-mail addresses',
    ]);
    expect(problemsOf({ ...local, SMTP_URL })).to.deep.equal([
      'MAIL_FROM: is not set, and SMTP_URL needs it',
    ]);
    const whole = { ...local, NODE_ENV: 'production', SMTP_URL, MAIL_FROM: 'no-reply@example.org' };
    expect(readConfig(whole)).to.include({ LOCAL_ACCOUNTS: true, SMTP_URL });
    const wrong = { ...required, LOCAL_ACCOUNTS: 'yes', SMTP_URL: 'http://mail.example.org' };
    expect(problemsOf(wrong).map((line) => line.split(':')[0])).to.deep.equal(['LOCAL_ACCOUNTS', 'SMTP_URL']);
  });

  it('refuses what would only fail later, each with a sentence', () => {
    const of = (name: string, value: string) => problemsOf({ ...required, [name]: value });
    expect(of('API_PORT', 'abc')).to.deep.equal(['API_PORT: must be a number']);
    expect(of('VIDEO_MAX_SECONDS', '1.5')).to.deep.equal(['VIDEO_MAX_SECONDS: must be a whole number']);
    expect(of('UPLOAD_MAX_BYTES', '5368709120')).to.deep.equal([]);
    expect(of('UPLOAD_MAX_BYTES', '5368709121')).to.deep.equal([
      'UPLOAD_MAX_BYTES: must be at most 5368709120, as one PUT carries no more',
    ]);
    expect(of('WORKER_QUEUES', 'encode=2,encode=3')).to.deep.equal([
      'WORKER_QUEUES: "encode" is named twice',
    ]);
    for (const end of ['?a=1', '#top']) {
      expect(of('PUBLIC_URL', `https://tv.example.org${end}`)[0]).to.match(/^PUBLIC_URL: may hold neither/);
    }
    expect(of('PUBLIC_URL', 'https://me:sesame@tv.example.org')).to.deep.equal([
      'PUBLIC_URL: may hold neither a user nor a query nor a fragment',
    ]);
    for (const from of ['nobody', 'a@b\r\nBcc: c@d', 'A\nB <a@b.example>', 'a b@c', '<a@b', '@b']) {
      expect(of('MAIL_FROM', from), from).to.deep.equal([
        'MAIL_FROM: must be an address, as Millrace <a@example.com>',
      ]);
    }
    for (const from of ['root@localhost', 'Mill, race <no-reply@tv.example.org>', '<a@b.example>']) {
      expect(of('MAIL_FROM', from), from).to.deep.equal([]);
    }
  });

  it('knows the names of all its variables', () => {
    expect(configNames).to.include.members([...Object.keys(required), 'WORKER_QUEUES', 'MONGO_URL_FILE']);
    expect(configNames).to.not.include('S3_ENDPOINT_FILE');
  });

  describe('from files', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
      writeFileSync(join(folder, 'secret'), 'from a file\n');
    });
    after(() => rmSync(folder, { recursive: true }));

    it('takes a secret, without the line’s end', () => {
      const { OIDC_CLIENT_SECRET: _, ...others } = required;
      const config = readConfig({ ...others, OIDC_CLIENT_SECRET_FILE: join(folder, 'secret') });
      expect(config.OIDC_CLIENT_SECRET).to.equal('from a file');
    });

    it('prefers the variable itself', () => {
      const env = { ...required, OIDC_CLIENT_SECRET_FILE: join(folder, 'secret') };
      expect(readConfig(env).OIDC_CLIENT_SECRET).to.equal('client secret');
    });

    it('says which file cannot be read', () => {
      const missing = join(folder, 'missing');
      const problems = problemsOf({ ...required, REDIS_URL: undefined, REDIS_URL_FILE: missing });
      expect(problems).to.have.length(2);
      expect(problems[0]).to.equal('REDIS_URL: is not set');
      expect(problems[1])
        .to.match(/^REDIS_URL_FILE: ENOENT/)
        .and.include(missing);
    });
  });

  describe('of the ways to sign in', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
      writeFileSync(join(folder, 'secret'), 'from a file\n');
      writeFileSync(join(folder, 'empty'), '\n');
    });
    after(() => rmSync(folder, { recursive: true }));

    const file = (providers: unknown) => {
      const path = join(folder, 'providers.json');
      writeFileSync(path, typeof providers === 'string' ? providers : JSON.stringify(providers));
      return path;
    };
    const staff = {
      name: 'staff',
      title: 'Staff',
      issuer: 'https://id.example.org/staff/',
      clientId: 'millrace',
      clientSecret: 'one',
    };
    const problem = (providers: unknown) =>
      problemsOf({ ...always, OIDC_PROVIDERS: file(providers) }).join('\n');

    it('takes a file of providers, beside the one of the variables or alone', () => {
      const { clientSecret: _, ...others } = staff;
      const second = { ...others, name: 'club', issuer: 'http://localhost:8080', rolesClaim: 'groups' };
      const path = file([staff, { ...second, clientSecretFile: join(folder, 'secret'), scopes: ['openid'] }]);
      const scopes = ['openid', 'profile', 'email'];
      const both = [
        { ...staff, scopes },
        { ...second, clientSecret: 'from a file', scopes: ['openid'] },
      ];
      const alone = readConfig({ ...always, OIDC_PROVIDERS: path });
      expect(signInProviders(alone), 'the slash at the end is part of the name').to.deep.equal(both);
      const [first, ...rest] = signInProviders(readConfig({ ...required, OIDC_PROVIDERS: path }));
      expect(rest).to.deep.equal(both);
      expect(first).to.deep.equal({
        ...{ name: 'default', title: 'id.example.org', issuer: 'https://id.example.org' },
        ...{ clientId: 'millrace', clientSecret: 'client secret', scopes },
      });
    });

    it('wants all three variables of a provider or none', () => {
      const { OIDC_CLIENT_ID: _, ...others } = required;
      expect(problemsOf(others)).to.deep.equal([
        'OIDC_CLIENT_ID: is not set, but OIDC_ISSUER and OIDC_CLIENT_SECRET are',
      ]);
      expect(problemsOf(always)).to.have.length(1);
      expect(problemsOf(always)[0]).to.match(/nobody could sign in/);
      expect(problemsOf({ ...always, LOCAL_ACCOUNTS: 'false' })[0]).to.match(/nobody could sign in/);
      for (const other of [{ OIDC_PROVIDERS: file([staff]) }, { LOCAL_ACCOUNTS: 'true' }]) {
        expect(readConfig({ ...always, ...other }).OIDC_ISSUER).to.equal(undefined);
      }
    });

    it('refuses a provider that could be listened to on its way', () => {
      expect(problemsOf({ ...required, OIDC_ISSUER: 'http://id.example.org' })).to.deep.equal([
        'OIDC_ISSUER: must be https, except on localhost',
      ]);
      expect(problem([{ ...staff, issuer: 'http://id.example.org' }])).to.match(/must be https/);
      for (const local of ['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1']) {
        expect(readConfig({ ...required, OIDC_ISSUER: local }).OIDC_ISSUER).to.equal(local);
      }
    });

    it('says what is wrong with a file', () => {
      expect(problemsOf({ ...always, OIDC_PROVIDERS: join(folder, 'none') })[0]).to.match(
        /^OIDC_PROVIDERS: .* holds no sign-in providers: ENOENT/,
      );
      expect(problem('[{"clientSecret":sesame}]')).to.match(/this is not JSON$/);
      expect(problem([])).to.match(/Too small/);
      expect(problem([{ ...staff, clientSecret: '' }])).to.match(/clientSecret/);
      const { clientSecret: _, ...without } = staff;
      const fromFile = (name: string) => ({ ...without, clientSecretFile: join(folder, name) });
      expect(problem([without])).to.match(/needs either clientSecret or clientSecretFile/);
      expect(problem([{ ...staff, ...fromFile('secret') }])).to.match(/needs either/);
      expect(problem([fromFile('empty')])).to.match(/not empty/);
      expect(problem([fromFile('none')])).to.match(/clientSecretFile: ENOENT/);
      expect(problem([{ ...staff, secret: 'x' }])).to.match(/Unrecognized key: "secret"/);
      expect(problem([{ ...staff, name: 'local' }])).to.match(/without a provider/);
      expect(problem([{ ...staff, name: 'Our staff' }])).to.match(/may hold a-z/);
      expect(problem([{ ...staff, scopes: ['profile'] }])).to.match(/must hold openid/);
    });

    it('refuses two of one name or issuer, however that is written', () => {
      const same = [staff, { ...staff, issuer: 'https://other.example.org' }];
      expect(problem(same)).to.equal('OIDC_PROVIDERS: two are named staff');
      const twice = [staff, { ...staff, name: 'again', issuer: 'https://ID.example.org/staff' }];
      expect(problem(twice)).to.equal('OIDC_PROVIDERS: two have the issuer https://id.example.org/staff');
      const asVariable = file([{ ...staff, issuer: 'https://id.example.org/' }]);
      expect(problemsOf({ ...required, OIDC_PROVIDERS: asVariable })[0]).to.match(/two have the issuer/);
    });
  });
});
