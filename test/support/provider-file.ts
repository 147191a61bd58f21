import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file for OIDC_PROVIDERS. */
export async function writeProviders(
  providers: object[],
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-providers-'));
  const path = join(folder, 'providers.json');
  await writeFile(path, JSON.stringify(providers));
  return { path, remove: () => rm(folder, { recursive: true }) };
}
