import { type Connection, Schema, trusted } from 'mongoose';
import { newSecret, secretHash } from '../ids.ts';

export type Session = { _id: string; userId: string; createdAt: Date; expiresAt: Date };

const schema = new Schema<Session>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'sessions' },
)
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  .index({ userId: 1 });

/** Signed-in browsers. The cookie's value is known to the browser alone; here stands its hash. */
export function sessionStore(connection: Connection) {
  const model = connection.model('Session', schema);
  return {
    async start(userId: string, seconds: number): Promise<string> {
      const secret = newSecret();
      const now = new Date();
      const expiresAt = new Date(now.getTime() + seconds * 1000);
      await model.create({ _id: secretHash(secret), userId, createdAt: now, expiresAt });
      return secret;
    },

    /** A live session. The database removes expired ones late, so the time is asked here too. */
    find: (secret: string): Promise<Session | null> =>
      model.findOne({ _id: secretHash(secret), expiresAt: trusted({ $gt: new Date() }) }).lean(),

    /** Whether the session with this id, which is what a credential tells of it, is live. */
    async isLive(id: string): Promise<boolean> {
      return (await model.exists({ _id: id, expiresAt: trusted({ $gt: new Date() }) })) !== null;
    },

    async endAll(userId: string): Promise<void> {
      await model.deleteMany({ userId });
    },

    async end(secret: string): Promise<void> {
      await model.deleteOne({ _id: secretHash(secret) });
    },
  };
}
