import type { z } from 'zod';
import type { importedRow } from '../../shared/contracts/imports.ts';
import type { Entry } from '../../shared/import-plan.ts';

export const mostLineBytes = 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const hourMilliseconds = 3_600_000;

/** An entry; undefined for an empty line. @throws Error with the reason why the row is broken */
export function readRow(
  bytes: Buffer | null,
  schema: ReturnType<typeof importedRow>,
  now: Date,
): Entry | undefined {
  if (bytes === null) throw new Error(`is longer than ${mostLineBytes} bytes`);
  const text = decode(bytes).trim();
  if (text === '') return undefined;
  const row = parse(text);
  refuseProto((row as { views?: unknown } | null)?.views);
  const { data, error } = schema.safeParse(row);
  if (!data) throw new Error(reasonOf(error));
  const entry = entryOf(data);
  if (entry.publishedAt > now && Object.keys(entry.outside.views).length > 0) {
    throw new Error('views: there are none before publishedAt');
  }
  return entry;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Error('is not UTF-8');
  }
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    // Half a surrogate pair would be stored as another character: the next import would take the row for a new one.
    value = /\\u[dD][89a-fA-F]/.test(text) ? JSON.parse(text, refuseHalves) : JSON.parse(text);
  } catch (error) {
    throw new Error(error instanceof HalfCharacter ? error.message : 'is not JSON');
  }
  return value;
}

class HalfCharacter extends Error {}

function refuseHalves(name: string, value: unknown): unknown {
  for (const text of [name, value]) {
    if (typeof text === 'string' && /\p{Cs}/u.test(text)) throw new HalfCharacter('has half a character');
  }
  return value;
}

/** zod passes over this name where any name may stand: its count would be taken for none. */
function refuseProto(views: unknown): void {
  if (typeof views !== 'object' || views === null || !Object.hasOwn(views, '__proto__')) return;
  throw new Error('views.__proto__: is no region');
}

/** Names and what is wrong with them; nothing in it moves a terminal. */
function reasonOf(error: z.ZodError): string {
  const reasons = error.issues.slice(0, 3).map((issue) => {
    // Of a name in an object zod says beneath why it is none.
    const message = (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
    return issue.path.length > 0 ? `${issue.path.join('.')}: ${message}` : message;
  });
  return reasons
    .join('; ')
    .replaceAll(/\p{Cc}/gu, '?')
    .slice(0, 500);
}

function entryOf(row: z.infer<ReturnType<typeof importedRow>>): Entry {
  const publishedAt = new Date(row.publishedAt);
  // Nobody can ask for what was watched before 1970.
  const hour = Math.max(0, Math.floor(publishedAt.getTime() / hourMilliseconds) * hourMilliseconds);
  // In one order, and without what is nothing: so that two imports of the same are the same.
  const views = Object.entries(row.views ?? {})
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    title: row.title,
    description: row.description ?? '',
    channelTitle: row.channelTitle,
    category: row.category ?? null,
    tags: row.tags ?? [],
    language: row.language ?? null,
    regions: row.regions ?? [],
    publishedAt,
    durationSeconds: row.durationSeconds ?? null,
    outside: {
      id: row.externalId,
      playUrl: row.playUrl ?? null,
      posterUrl: row.thumbnailUrl ?? null,
      views: Object.fromEntries(views),
      viewsAt: new Date(hour),
    },
  };
}
