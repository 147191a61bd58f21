import { type Connection, Schema, trusted } from 'mongoose';
import { newId, newSecret, secretHash } from '../ids.ts';
import { seal, unseal } from '../seal.ts';
import { deriveKey } from '../secret-key.ts';
import type { User } from './users.ts';

/** Where a session comes from: the provider that signed its person in, and how the provider knows both. */
type Origin = { provider: string; subject: string; sid: string | null };

export type Session = {
  /** The hash of the cookie’s value. */
  _id: string;
  /** What may be told: it opens nothing. */
  publicId: string;
  userId: string;
  createdAt: Date;
  /** Exact to a minute, or to a quarter of the idle time. */
  lastSeenAt: Date;
  /** The end unless it is used before: `lastSeenAt` and the idle time, at most `endsAt`. */
  expiresAt: Date;
  endsAt: Date;
  idleSeconds: number;
  userAgent: string | null;
  address: string | null;
  origin: Origin | null;
  /** The provider’s ID token, sealed under the cookie’s value: it ends the session there, and holds a person’s data. */
  idToken: string | null;
};

export type NewSession = {
  /** How long it lasts at most. */
  seconds: number;
  /** How long it lasts unused; without it: as long as it lasts. */
  idleSeconds?: number;
  userAgent?: string | undefined;
  address?: string | undefined;
  origin?: Origin;
  idToken?: string | undefined;
};

/**
 * How often a use is noted, in milliseconds: a write for each request would cost more than the request. More often
 * where the idle time is short.
 */
const noteEvery = ({ idleSeconds }: Session): number => Math.min(60_000, (idleSeconds * 1000) / 4);
const mostListed = 100;

const schema = new Schema<Session>(
  {
    _id: { type: String, required: true },
    publicId: { type: String, required: true },
    userId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastSeenAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    endsAt: { type: Date, required: true },
    idleSeconds: { type: Number, required: true },
    userAgent: { type: String, default: null },
    address: { type: String, default: null },
    origin: {
      type: new Schema<Origin>(
        {
          provider: { type: String, required: true },
          subject: { type: String, required: true },
          sid: { type: String, default: null },
        },
        { _id: false },
      ),
      default: null,
    },
    idToken: { type: String, default: null },
  },
  { versionKey: false, collection: 'sessions' },
)
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  .index({ userId: 1 })
  .index({ 'origin.provider': 1, 'origin.subject': 1 }, { sparse: true })
  .index({ 'origin.provider': 1, 'origin.sid': 1 }, { sparse: true });

/** Only the browser has what opens its ID token. */
const idTokenKey = (secret: string) => deriveKey(secret, 'ID token of a session');

const sidOrNone = (sid: string) => ({ $or: [{ 'origin.sid': sid }, { 'origin.sid': null }] });

/** Signed-in browsers. The cookie's value is known to the browser alone; here stands its hash. */
export function sessionStore(connection: Connection) {
  const model = connection.model('Session', schema);

  /** Nobody waits for this; a use that is not noted only lets the session end a minute earlier. */
  function noteUse(session: Session, now: number): void {
    const expiresAt = new Date(Math.min(now + session.idleSeconds * 1000, session.endsAt.getTime()));
    model.collection
      .updateOne(
        { _id: session._id as never, lastSeenAt: session.lastSeenAt },
        { $set: { lastSeenAt: new Date(now), expiresAt } },
        { writeConcern: { w: 1 } },
      )
      .catch(() => {});
  }

  return {
    /** @returns the value for the cookie */
    async start(userId: string, { idToken, ...about }: NewSession): Promise<string> {
      const secret = newSecret();
      const _id = secretHash(secret);
      const now = Date.now();
      const idleSeconds = Math.min(about.idleSeconds ?? about.seconds, about.seconds);
      await model.create({
        _id,
        publicId: newId(),
        userId,
        createdAt: new Date(now),
        lastSeenAt: new Date(now),
        expiresAt: new Date(now + idleSeconds * 1000),
        endsAt: new Date(now + about.seconds * 1000),
        idleSeconds,
        userAgent: about.userAgent?.slice(0, 300) ?? null,
        address: about.address ?? null,
        origin: about.origin ?? null,
        idToken: idToken ? seal(idTokenKey(secret), idToken, _id) : null,
      });
      return secret;
    },

    /**
     * A live session and its account, by one question: it is asked with every request. The database removes expired
     * ones late, so the time is asked here too.
     */
    async find(secret: string): Promise<{ user: User; session: Session } | undefined> {
      const now = Date.now();
      const live = { $gt: new Date(now) };
      // By the driver alone: mongoose would add a quarter to what every request of a signed-in person waits.
      const [found] = await model.collection
        .aggregate<Session & { user: User }>([
          { $match: { _id: secretHash(secret), expiresAt: live, endsAt: live } },
          { $project: { idToken: 0 } },
          { $lookup: { from: 'users', localField: 'userId', foreignField: '_id', as: 'user' } },
          { $unwind: '$user' },
        ])
        .toArray();
      if (!found) return undefined;
      const { user, ...session } = found;
      if (now - session.lastSeenAt.getTime() > noteEvery(session)) noteUse(session, now);
      return { user, session };
    },

    /** Whether a session lives that was told of by its public id. */
    async isLive(userId: string, publicId: string): Promise<boolean> {
      const live = trusted({ $gt: new Date() });
      return (await model.exists({ userId, publicId, expiresAt: live, endsAt: live })) !== null;
    },

    /** The live ones, the last used first. */
    async ofUser(userId: string): Promise<Omit<Session, 'idToken'>[]> {
      const live = trusted({ $gt: new Date() });
      return model
        .find({ userId, expiresAt: live, endsAt: live }, { idToken: 0 })
        .sort({ lastSeenAt: -1 })
        .limit(mostListed)
        .lean();
    },

    /** Ends it, and tells what its provider needs to end its own. */
    async end(secret: string): Promise<{ origin: Origin; idToken: string | undefined } | undefined> {
      const ended = await model.findOneAndDelete({ _id: secretHash(secret) }).lean();
      if (!ended?.origin) return undefined;
      const { provider, subject, sid } = ended.origin;
      const idToken = ended.idToken ? unseal(idTokenKey(secret), ended.idToken, ended._id) : undefined;
      return { origin: { provider, subject, sid }, idToken };
    },

    /** @returns whether there was such a session of this account */
    async endOne(userId: string, publicId: string): Promise<boolean> {
      const { deletedCount } = await model.deleteOne({ userId, publicId });
      return deletedCount === 1;
    },

    /** Every session of an account, but for one. @returns how many */
    async endAll(userId: string, exceptPublicId?: string): Promise<number> {
      const { deletedCount } = await model.deleteMany({
        userId,
        ...(exceptPublicId === undefined ? {} : { publicId: trusted({ $ne: exceptPublicId }) }),
      });
      return deletedCount;
    },

    /**
     * Those that a provider names, by its own session, or by its account. By both: those of the account that came
     * without a session's name too, as each of them may be the one. @returns how many
     */
    async endFrom(provider: string, { sid, subject }: { sid?: string; subject?: string }): Promise<number> {
      if (sid === undefined && subject === undefined) return 0;
      const { deletedCount } = await model.deleteMany({
        'origin.provider': provider,
        ...(subject === undefined ? {} : { 'origin.subject': subject }),
        ...(sid === undefined ? {} : subject === undefined ? { 'origin.sid': sid } : sidOrNone(sid)),
      });
      return deletedCount;
    },
  };
}
