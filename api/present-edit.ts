import type { z } from 'zod';
import type { edit } from '../shared/contracts/edits.ts';
import type { Edit } from '../shared/db/edits.ts';

/** An edit as moderators see it. */
export function presentEdit({ _id, at, by, revision, changes }: Edit): z.infer<typeof edit> {
  const values = Object.entries(changes).map(([field, { from, to }]) => [
    field,
    { from: presentValue(from), to: presentValue(to) },
  ]);
  return { editId: _id, at: at.toISOString(), by, revision, changes: Object.fromEntries(values) };
}

function presentValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
