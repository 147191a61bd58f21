import type { AuditEntry } from '../../shared/db/audit.ts';

type Deed = Pick<AuditEntry, 'action' | 'target' | 'ownerId' | 'changes'> & { command: string };

/** An entry of the audit log for what was done by hand: of whom is known only that the servers obey them. */
export function byOperator({ command, ...deed }: Deed): Omit<AuditEntry, '_id' | 'at'> {
  return { ...deed, actorId: 'operator', method: 'CLI', route: command, requestId: '', address: '' };
}
