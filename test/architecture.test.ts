import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';

const root = join(import.meta.dirname, '..');
const production = ['api', 'workers', 'shared'];

/** Which npm packages belong to one room. A room is a file, or a folder that ends with a slash. */
const rooms: [RegExp, string[]][] = [
  [/^(koa|koa-.*|@koa\/.*)$/, ['api/']],
  [/^@bull-board\//, ['api/web/queue-dashboard.ts']],
  [/^openid-client$/, ['api/access/oidc.ts']],
  [/^jose$/, ['api/access/']],
  [/^@node-rs\/argon2$/, ['api/access/password-hashing.ts']],
  [/^@zxcvbn-ts\//, ['api/access/refuse-known-password.ts']],
  [/^nodemailer$/, ['api/mail/smtp-mailer.ts']],
  [/^mongoose$/, ['shared/db/']],
  [/^bullmq$/, ['shared/queue.ts', 'workers/run.ts']],
  [/^ipaddr\.js$/, ['shared/addresses.ts']],
  [/^ioredis$/, ['shared/redis.ts']],
  [/^isbot$/, ['api/viewing.ts']],
  [/^(@aws-sdk|@smithy)\//, ['shared/storage.ts', 'shared/downloads.ts', 'shared/stored-objects.ts']],
  [/^@orama\/stemmers$/, ['shared/search/stems.ts']],
  [/^pino$/, ['shared/log.ts']],
  [/^prom-client$/, ['shared/metrics.ts']],
  [/^fluent-ffmpeg$/, ['workers/media/ffmpeg.ts']],
];
const everywhere = ['zod'];

type Import = { file: string; name: string };

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What a module names in `import`, `export ... from` and `import()`, types included. */
function importedBy(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'/gm);
  const calls = text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [...statements, ...calls].map((match) => match[1] ?? '');
}

/** A relative name becomes a path from the root, the name of a package loses what follows it. */
function resolve(file: string, name: string): string {
  if (name.startsWith('.')) return relative(root, join(root, dirname(file), name));
  if (isBuiltin(name)) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function isIn(file: string, places: string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place));
}

/** The files of the tree in ARCHITECTURE.md, with what is said of each. Two spaces a level, folders end with `/`. */
function readTree(markdown: string): Map<string, string> {
  const [, block] = /^## The tree\n[^#]*?^```\w*\n(.*?)^```/ms.exec(markdown) ?? [];
  if (block === undefined) throw new Error('there is no code block after "## The tree"');
  const entries = new Map<string, string>();
  const folders: string[] = [];
  for (const line of block.split('\n').filter(Boolean)) {
    const [, indent = '', name = '', comment = ''] = /^((?: {2})*)(\S+)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    if (!name) throw new Error(`"${line}" is not an entry of the tree`);
    const level = indent.length / 2;
    if (level > folders.length) throw new Error(`"${line}" is too far to the right`);
    folders.length = level;
    if (name.endsWith('/')) folders.push(name);
    else entries.set(`${folders.join('')}${name}`, comment);
  }
  return entries;
}

describe('the architecture', () => {
  const files = production.flatMap(filesIn);
  const modules = files.filter((file) => file.endsWith('.ts'));
  const scripts = filesIn('scripts');
  const imports: Import[] = modules.flatMap((file) =>
    importedBy(read(file)).map((name) => ({ file, name: resolve(file, name) })),
  );
  const packages = imports.filter(({ name }) => !isBuiltin(name) && !existsSync(join(root, name)));
  /** The imports of files in `from` that are not allowed, as `file -> name`. */
  const offending = (from: string, isWrong: (name: string, file: string) => boolean) =>
    imports
      .filter(({ file, name }) => file.startsWith(from) && isWrong(name, file))
      .map(({ file, name }) => `${file} -> ${name}`);
  const filesWith = (pattern: RegExp, among: string[]) => among.filter((file) => pattern.test(read(file)));

  it('is read from every form of import there is', () => {
    const text = [
      "import 'a';",
      "import b from 'b';",
      "import * as c from 'c';",
      "import {\n  type D,\n  d,\n} from 'd';",
      "import type { E } from 'e';",
      "export type { F } from 'f';",
      "export * from 'g';",
      "const h = await import('h');",
      "const words = ['import', 'i'];",
    ].join('\n');
    expect(importedBy(text)).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    expect(imports).to.deep.include({ file: 'api/app.ts', name: 'koa' });
    expect(imports).to.deep.include({ file: 'workers/steps/probe.ts', name: 'workers/media/plan.ts' });
    expect(offending('api/', (name) => name.startsWith('shared/'))).to.not.be.empty;
  });

  it('keeps api and workers apart, and shared free of both', () => {
    expect(offending('api/', (name) => name.startsWith('workers/'))).to.deep.equal([]);
    expect(offending('workers/', (name) => name.startsWith('api/'))).to.deep.equal([]);
    expect(offending('shared/', (name) => /^(api|workers)\//.test(name))).to.deep.equal([]);
  });

  it('lets workers/media see only itself, errors, contracts and how texts are cut', () => {
    const seen = ['workers/media/', 'shared/errors.ts', 'shared/cut-text.ts', 'shared/contracts/'];
    const isOurs = (name: string) => existsSync(join(root, name));
    expect(offending('workers/media/', (name) => isOurs(name) && !isIn(name, seen))).to.deep.equal([]);
  });

  it('lets the typed client see nothing but itself, and Node only where it sends files', () => {
    const isWrong = (name: string, file: string) =>
      !name.startsWith('shared/client/') && !(isBuiltin(name) && file === 'shared/client/send-file.ts');
    expect(offending('shared/client/', isWrong)).to.deep.equal([]);
  });

  it('has no production code that needs scripts or tests', () => {
    expect(offending('', (name) => /^(\.\.|scripts\/|test\/)/.test(name))).to.deep.equal([]);
  });

  it('keeps each vendor in its room, types included', () => {
    const isWrong = ({ file, name }: Import) => {
      if (everywhere.includes(name)) return false;
      const room = rooms.find(([pattern]) => pattern.test(name));
      return !room || !isIn(file, room[1]);
    };
    expect(packages.filter(isWrong)).to.deep.equal([]);
    const unused = rooms.filter(([pattern]) => !packages.some(({ name }) => pattern.test(name)));
    expect(unused, 'rooms of vendors that nobody imports').to.deep.equal([]);
  });

  it('lets the commands of operators see only what is in the image of the api', () => {
    const commands = scripts.filter((file) => isIn(file, ['scripts/cli.ts', 'scripts/cli/']));
    const seen = commands.flatMap((file) => importedBy(read(file)).map((name) => resolve(file, name)));
    const { dependencies } = JSON.parse(read('package.json'));
    const isThere = (name: string) =>
      isBuiltin(name) || name in dependencies || isIn(name, ['shared/', 'api/', 'scripts/cli/']);
    expect(seen).to.include('shared/config.ts');
    expect(seen.filter((name) => !isThere(name))).to.deep.equal([]);
    for (const copied of ['shared', 'api', 'scripts/cli.ts', 'scripts/cli']) {
      expect(read('Dockerfile.api')).to.include(`COPY ${copied} ./${copied}\n`);
      expect(read('.dockerignore')).to.include(`!${copied}\n`);
    }
  });

  it('imports only packages that are installed with it in production', () => {
    const { dependencies } = JSON.parse(read('package.json'));
    expect(packages.filter(({ name }) => !(name in dependencies))).to.deep.equal([]);
  });

  it('has no import cycle, not even of types', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (path.includes(file) || done.has(file)) return;
      for (const next of imports.filter((one) => one.file === file)) visit(next.name, [...path, file]);
      done.add(file);
    };
    for (const file of modules) visit(file, []);
    expect(cycles).to.deep.equal([]);
  });

  it('reads the environment in one place', () => {
    expect(filesWith(/\bprocess\s*\.env\b|from 'node:process'/, modules)).to.deep.equal(['shared/config.ts']);
  });

  it('has short files', () => {
    const lines = (file: string) => read(file).trimEnd().split('\n').length;
    const made = ['shared/client/operations.ts'];
    expect(modules.filter((file) => lines(file) > 250)).to.deep.equal(made);
  });

  it('has no comment beyond 120 characters', () => {
    const own = [...files, ...scripts].filter((file) => file !== 'shared/client/operations.ts');
    expect(filesWith(/^(?=\s*(\/\*\*|\*|\/\/) ).{121}/m, own)).to.deep.equal([]);
  });

  it('has names in kebab-case that say what is inside', () => {
    const names = [...files, ...scripts].flatMap((file) => file.split('/').map((name) => ({ file, name })));
    expect(names.filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?$/.test(name))).to.deep.equal(
      [],
    );
    const isEmpty = (name: string) => /\b(utils?|helpers?|common|base|managers?|services?)\b/.test(name);
    const vague = names.filter(({ name }) => isEmpty(name)).map(({ file }) => file);
    expect(vague).to.deep.equal(['shared/contracts/common.ts']);
  });

  it('has nothing left to do', () => {
    expect(filesWith(/\b(TODO|FIXME)\b/, [...files, ...scripts])).to.deep.equal([]);
  });

  it('is drawn whole in ARCHITECTURE.md, with a word on every file', () => {
    const tree = readTree(read('ARCHITECTURE.md'));
    const drawn = [...tree.keys()].filter((file) => isIn(file, ['api/', 'workers/', 'shared/']));
    expect(drawn.sort()).to.deep.equal([...files].sort());
    expect(drawn.filter((file) => !tree.get(file))).to.deep.equal([]);
  });

  it('is read from the tree by indentation', () => {
    const tree = ['api/  HTTP', '  web/', '    page.ts  a page', '  app.ts   the app', 'index.ts'].join('\n');
    const markdown = `# A\n\n## The tree\n\nWords.\n\n\`\`\`text\n${tree}\n\`\`\`\n`;
    expect([...readTree(markdown)]).to.deep.equal([
      ['api/web/page.ts', 'a page'],
      ['api/app.ts', 'the app'],
      ['index.ts', ''],
    ]);
    expect(() => readTree('# A\n')).to.throw('no code block');
    expect(() => readTree(markdown.replace('  web', '   web'))).to.throw('not an entry');
    expect(() => readTree(markdown.replace('    page', '      page'))).to.throw('too far');
  });
});
