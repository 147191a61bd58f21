import { importEntries } from '../../shared/import-entries.ts';
import type { Entry } from '../../shared/import-plan.ts';
import type { System } from './system.ts';

/** The id of a video that was imported for an account. */
export async function importedVideo(
  { context: { db } }: Pick<System, 'context'>,
  ownerId: string,
  outside: Pick<Entry['outside'], 'id'> & Partial<Entry['outside']>,
): Promise<string> {
  const user = await db.users.find(ownerId);
  if (!user) throw new Error('The owner is gone.');
  const words = { title: 'A title', description: '', channelTitle: 'A channel', tags: [], regions: [] };
  const about = { category: null, language: null, durationSeconds: 60, publishedAt: new Date(0) };
  const place = { playUrl: null, posterUrl: null, views: { GB: 3 }, viewsAt: new Date(0), ...outside };
  await importEntries(db, [{ ...words, ...about, outside: place }], { user, isGiven: true });
  const known = await db.transaction((session) => db.imports.known([outside.id], session));
  return known.get(outside.id)?._id ?? '';
}
