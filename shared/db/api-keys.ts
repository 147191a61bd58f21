import { type Connection, Schema, trusted } from 'mongoose';
import { type Scope, scopes } from '../contracts/account.ts';
import { newId, secretHash } from '../ids.ts';
import { isDuplicateKey } from './duplicate-key.ts';

/** A key that its owner gave to a program. */
export type ApiKey = {
  _id: string;
  ownerId: string;
  name: string;
  scopes: Scope[];
  /** The end of the key, so that its owner knows it again. */
  hint: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};

type Stored = ApiKey & { hash: string; slot: number };

/** How many keys an account may have. */
export const mostApiKeys = 50;
/** A key that has ended stays in the list for so long, so that its owner sees why it stopped. */
const keptSeconds = 30 * 86_400;
const lastUseEveryMs = 60_000;

const schema = new Schema<Stored>(
  {
    _id: { type: String, required: true },
    ownerId: { type: String, required: true },
    hash: { type: String, required: true },
    slot: { type: Number, required: true },
    name: { type: String, required: true },
    scopes: [{ type: String, enum: scopes }],
    hint: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, default: null },
    lastUsedAt: { type: Date, default: null },
  },
  { versionKey: false, collection: 'api_keys' },
)
  .index({ hash: 1 }, { unique: true })
  // A place for each key: however many are made at once, there are never more than places.
  .index({ ownerId: 1, slot: 1 }, { unique: true })
  .index({ expiresAt: 1 }, { expireAfterSeconds: keptSeconds });

export function apiKeyStore(connection: Connection) {
  const model = connection.model('ApiKey', schema);
  return {
    /** Stores the hash of `secret`. Undefined when the owner already has the most keys. */
    async create(
      about: Pick<ApiKey, 'ownerId' | 'name' | 'scopes' | 'expiresAt'>,
      secret: string,
    ): Promise<ApiKey | undefined> {
      for (;;) {
        const taken = await model.find({ ownerId: about.ownerId }, { slot: 1 }).lean();
        const slots = new Set(taken.map(({ slot }) => slot));
        const slot = Array.from({ length: mostApiKeys }, (_, number) => number).find(
          (one) => !slots.has(one),
        );
        if (slot === undefined) return undefined;
        const key = {
          _id: newId(),
          ...about,
          hint: secret.slice(-4),
          createdAt: new Date(),
          lastUsedAt: null,
        };
        try {
          await model.create({ ...key, slot, hash: secretHash(secret) });
          return key;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }
    },

    /** The key with this secret, if it has not ended. */
    async withSecret(secret: string): Promise<ApiKey | undefined> {
      const found = await model.findOne({ hash: secretHash(secret) }).lean();
      return found && (found.expiresAt === null || found.expiresAt > new Date()) ? found : undefined;
    },

    find: (id: string): Promise<ApiKey | null> => model.findById(id).lean(),

    /** All keys of an account, the newest first. */
    of: (ownerId: string): Promise<ApiKey[]> =>
      model.find({ ownerId }).sort({ createdAt: -1, _id: 1 }).maxTimeMS(5000).lean(),

    /** Notes that a key was used, once a minute at most. */
    async used({ _id, lastUsedAt }: ApiKey): Promise<void> {
      const now = new Date();
      const before = new Date(now.getTime() - lastUseEveryMs);
      if (lastUsedAt && lastUsedAt > before) return;
      await model.updateOne(
        { _id, $or: [{ lastUsedAt: null }, { lastUsedAt: trusted({ $lte: before }) }] },
        { $set: { lastUsedAt: now } },
      );
    },

    async remove(id: string): Promise<void> {
      await model.deleteOne({ _id: id });
    },

    async removeAllOf(ownerId: string): Promise<void> {
      await model.deleteMany({ ownerId });
    },
  };
}
