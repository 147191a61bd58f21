import { execFileSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiRoutes } from '../api/app.ts';
import { openApiDocument } from '../api/openapi/document.ts';
import { clientText, type Document } from './openapi/client-text.ts';

const root = join(import.meta.dirname, '..');

/** The files that are made of the routes and committed, by their path. */
export function filesOfTheContract(): Record<string, string> {
  const document = openApiDocument(apiRoutes, '/');
  return {
    'api/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'shared/client/operations.ts': formatted('shared/client/operations.ts', clientText(document as Document)),
  };
}

function formatted(path: string, text: string): string {
  const biome = join(root, 'node_modules', '.bin', 'biome');
  return execFileSync(biome, ['format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  for (const [path, text] of Object.entries(filesOfTheContract())) {
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}
