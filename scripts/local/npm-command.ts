import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));

/** What `npm run NAME` hands to node. */
export function npmCommand(name: 'api' | 'worker'): string[] {
  return scripts[name].split(' ').slice(1);
}
