import type { Db, DbSession } from '../../shared/db/connect.ts';
import { type Action, type Actor, oversees, type Thing } from './policy.ts';

/** Fields that were set, with their new values where those are neither personal nor secret. */
export type Changes = Record<string, string | null>;

type Declared = { action: Action; method: string; path: string };
type Asked = { params: Record<string, string>; body?: unknown; requestId: string; address: string };

/**
 * Notes in the audit log what a request changes of what is not its caller's. It stands where every route passes, so
 * that no handler can forget it. A handler that has a transaction notes in there (`note`), and then there is no change
 * without its entry. The rest, tickets for pictures and the queue dashboard, is noted when the handler has ended and
 * before the reply leaves (`finish`): not earlier, because only then is it known that something was changed; not later,
 * because nobody shall hear that it is done who might find no trace of it. What can be lost there by a kill is the one
 * entry between two writes.
 */
export function auditTrail(
  { action, method, path }: Declared,
  actor: Actor | undefined,
  { params, body, requestId, address }: Asked,
  db: Pick<Db, 'audit'>,
) {
  let thing: Thing | undefined;
  let isNoted = false;

  async function note(changes: Changes = fieldsOf(body), session?: DbSession): Promise<void> {
    if (['get', 'head', 'options'].includes(method) || !actor || !oversees(action, actor, thing)) return;
    isNoted = true;
    // Empty where it was somebody's who is gone.
    const ownerId = thing?.ownerId || null;
    const what = { action, method: method.toUpperCase(), route: path, target: params, ownerId, changes };
    await db.audit.add({ actorId: actor._id, ...what, requestId, address }, session);
  }

  return {
    /** What the action is done to. */
    about<T extends Thing>(found: T): T {
      thing = found;
      return found;
    },
    note,
    async finish(): Promise<void> {
      if (!isNoted) await note();
    },
  };
}

/** The names alone: what somebody wrote is no business of the log. */
function fieldsOf(body: unknown): Changes {
  const isJson = typeof body === 'object' && body !== null && !('bytes' in body);
  return isJson ? Object.fromEntries(Object.keys(body).map((name) => [name, null])) : {};
}
