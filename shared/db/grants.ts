import { type Connection, Schema, trusted } from 'mongoose';
import { secretHash } from '../ids.ts';

/** What a refresh token holds: the secret of its grant, and one that each use replaces. */
export type RefreshSecrets = { grant: string; turn: string };
/** Whose it is, and the browser's session that it was given to and ends with. */
export type Holder = { userId: string; sessionId: string | null };
type Use = ({ outcome: 'renewed' | 'reused' } & Holder) | { outcome: 'unknown' };

type Grant = Holder & {
  /** The hash of the grant's secret, `sid` in access tokens. */
  _id: string;
  turn: string;
  createdAt: Date;
  expiresAt: Date;
};

const schema = new Schema<Grant>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    sessionId: { type: String, default: null },
    turn: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'grants' },
)
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  .index({ userId: 1 });

/**
 * Sign-ins of programs: each is a family of refresh tokens of which only the newest may be used. All of a family carry
 * its secret, so whoever has that one but not the newest turn has shown a token that was already used.
 */
export function grantStore(connection: Connection) {
  const model = connection.model('Grant', schema);
  const end = (seconds: number) => new Date(Date.now() + seconds * 1000);
  return {
    idOf: ({ grant }: RefreshSecrets): string => secretHash(grant),

    async start(holder: Holder, { grant, turn }: RefreshSecrets, seconds: number): Promise<void> {
      const createdAt = new Date();
      const expiresAt = end(seconds);
      await model.create({ _id: secretHash(grant), ...holder, turn: secretHash(turn), createdAt, expiresAt });
    },

    /** Replaces the turn. Of two that show the same one, the second ends the grant. */
    async use({ grant, turn }: RefreshSecrets, nextTurn: string, seconds: number): Promise<Use> {
      const _id = secretHash(grant);
      const renewed = await model
        .findOneAndUpdate(
          { _id, turn: secretHash(turn), expiresAt: trusted({ $gt: new Date() }) },
          { $set: { turn: secretHash(nextTurn), expiresAt: end(seconds) } },
        )
        .lean();
      if (renewed) return { outcome: 'renewed', userId: renewed.userId, sessionId: renewed.sessionId };
      const reused = await model.findOneAndDelete({ _id }).lean();
      if (!reused || reused.expiresAt <= new Date()) return { outcome: 'unknown' };
      return { outcome: 'reused', userId: reused.userId, sessionId: reused.sessionId };
    },

    /** The holder of a live one. */
    find: (id: string): Promise<Holder | null> =>
      model.findOne({ _id: id, expiresAt: trusted({ $gt: new Date() }) }, { userId: 1, sessionId: 1 }).lean(),

    async end(id: string): Promise<void> {
      await model.deleteOne({ _id: id });
    },

    async endAllOf(userId: string): Promise<void> {
      await model.deleteMany({ userId });
    },

    /** Those that belong to no browser, which ends its own. */
    async endUnboundOf(userId: string): Promise<void> {
      await model.deleteMany({ userId, sessionId: null });
    },
  };
}
