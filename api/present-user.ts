import type { z } from 'zod';
import type { auditEntry } from '../shared/contracts/audit.ts';
import type { user } from '../shared/contracts/users.ts';
import type { AuditEntry } from '../shared/db/audit.ts';
import type { User } from '../shared/db/users.ts';
import { presentAccount } from './present.ts';

/** What administrators see of accounts, and of what was done to them. */

export function presentUser(record: User): z.infer<typeof user> {
  return {
    ...presentAccount(record),
    rolesSetBy: record.rolesSetBy,
    statusReason: record.statusReason ?? null,
    issuer: record.issuer,
    closingSince: record.closingSince?.toISOString() ?? null,
    lastSignInAt: record.lastSignInAt.toISOString(),
  };
}

export function presentAuditEntry(entry: AuditEntry): z.infer<typeof auditEntry> {
  const { _id, at, actorId, action, method, route, target, ownerId, changes, requestId, address } = entry;
  return {
    auditId: _id,
    at: at.toISOString(),
    ...{ actorId, action, method, route, target, ownerId, changes, requestId, address },
  };
}
