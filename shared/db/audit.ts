import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newId } from '../ids.ts';
import { keyset, type Page } from './keyset.ts';

/** What somebody did to what is not theirs. It is written once, and neither changed nor removed. */
export type AuditEntry = {
  _id: string;
  at: Date;
  actorId: string;
  /** The row of the policy that let it happen. */
  action: string;
  method: string;
  /** The pattern of the address, and what stood in it. */
  route: string;
  target: Record<string, string>;
  /** Whose it was; null for what is nobody's. */
  ownerId: string | null;
  /** Each field that was set, with its new value where that is neither personal nor secret. */
  changes: Record<string, string | null>;
  requestId: string;
  address: string;
};

type AuditFilter = {
  actorId?: string | undefined;
  action?: string | undefined;
  since?: Date | undefined;
};

const schema = new Schema<AuditEntry>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    actorId: { type: String, required: true },
    action: { type: String, required: true },
    method: { type: String, required: true },
    route: { type: String, required: true },
    target: { type: Object, default: {} },
    ownerId: { type: String, default: null },
    changes: { type: Object, default: {} },
    requestId: { type: String, default: '' },
    address: { type: String, default: '' },
  },
  { versionKey: false, collection: 'audit', minimize: false },
)
  .index({ at: -1, _id: -1 })
  .index({ actorId: 1, at: -1, _id: -1 })
  .index({ action: 1, at: -1, _id: -1 });

export function auditStore(connection: Connection) {
  const model = connection.model('AuditEntry', schema);
  return {
    async add(entry: Omit<AuditEntry, '_id' | 'at'>, session?: ClientSession): Promise<void> {
      await model.create([{ _id: newId(), at: new Date(), ...entry }], session ? { session } : {});
    },

    page({ actorId, action, since }: AuditFilter, page: Page): Promise<AuditEntry[]> {
      const { rest, sort } = keyset(page);
      return model
        .find({
          ...(actorId ? { actorId } : {}),
          ...(action ? { action } : {}),
          // Beside what the order itself asks of the time.
          ...(since ? { $and: [{ at: trusted({ $gte: since }) }] } : {}),
          ...rest,
        })
        .sort(sort)
        .limit(page.limit)
        .maxTimeMS(5000)
        .lean<AuditEntry[]>();
    },
  };
}
