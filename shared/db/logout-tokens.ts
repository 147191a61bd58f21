import { type Connection, Schema } from 'mongoose';
import { secretHash } from '../ids.ts';

const schema = new Schema<{ _id: string; expiresAt: Date }>(
  { _id: { type: String, required: true }, expiresAt: { type: Date, required: true } },
  { versionKey: false, collection: 'logout_tokens' },
).index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** Logout tokens of providers that were obeyed, so that none is obeyed twice while it is valid. */
export function logoutTokenStore(connection: Connection) {
  const model = connection.model('LogoutToken', schema);
  // An id is told by a provider and can be long.
  const idOf = (issuer: string, tokenId: string) => secretHash(JSON.stringify([issuer, tokenId]));
  return {
    async isSpent(issuer: string, tokenId: string): Promise<boolean> {
      return (await model.exists({ _id: idOf(issuer, tokenId) })) !== null;
    },

    async spend(issuer: string, tokenId: string, expiresAt: Date): Promise<void> {
      await model.updateOne({ _id: idOf(issuer, tokenId) }, { $set: { expiresAt } }, { upsert: true });
    },
  };
}
