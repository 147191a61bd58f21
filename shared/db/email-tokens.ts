import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newSecret, secretHash } from '../ids.ts';

/** What a token from an e-mail may be used for, and for how many hours. */
export const emailTokenHours = { verification: 24, reset: 1 };
type EmailTokenPurpose = keyof typeof emailTokenHours;

type EmailToken = { _id: string; email: string; hash: string; expiresAt: Date };

const schema = new Schema<EmailToken>(
  {
    /** Purpose and address. */
    _id: { type: String, required: true },
    email: { type: String, required: true },
    hash: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'email_tokens' },
)
  .index({ hash: 1 }, { unique: true })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/**
 * Tokens that prove that their bearer reads the mail of an address. Each works once and for one purpose. An address
 * has one a purpose, so a newer one ends the older. Here stands the hash; the mail alone has the token.
 */
export function emailTokenStore(connection: Connection) {
  const model = connection.model('EmailToken', schema);
  const live = (purpose: EmailTokenPurpose, token: string) => ({
    hash: secretHash(`${purpose}:${token}`),
    expiresAt: trusted({ $gt: new Date() }),
  });
  return {
    async issue(purpose: EmailTokenPurpose, email: string): Promise<string> {
      const token = newSecret();
      const expiresAt = new Date(Date.now() + emailTokenHours[purpose] * 3_600_000);
      const { hash } = live(purpose, token);
      const change = { $set: { email, hash, expiresAt } };
      await model.updateOne({ _id: `${purpose}:${email}` }, change, { upsert: true });
      return token;
    },

    /** The address that a token was sent to, while it still works. */
    async find(purpose: EmailTokenPurpose, token: string): Promise<string | undefined> {
      return (await model.findOne(live(purpose, token)).lean())?.email;
    },

    /** Ends the one that an address has, if any. */
    async forget(purpose: EmailTokenPurpose, email: string, session: ClientSession): Promise<void> {
      await model.deleteOne({ _id: `${purpose}:${email}` }, { session });
    },

    /** As `find`, and it works no more. */
    async take(
      purpose: EmailTokenPurpose,
      token: string,
      session: ClientSession,
    ): Promise<string | undefined> {
      return (await model.findOneAndDelete(live(purpose, token), { session }).lean())?.email;
    },
  };
}
