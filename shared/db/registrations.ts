import { type ClientSession, type Connection, Schema, trusted } from 'mongoose';
import { newId } from '../ids.ts';

/** What somebody who says that an address is theirs wants for an account. */
type Registration = {
  _id: string;
  email: string;
  displayName: string;
  passwordHash: string;
  createdAt: Date;
  expiresAt: Date;
};

const registrationHours = 24;

/** Each of them costs a hashing when the address is confirmed. */
const mostPerAddress = 5;

const schema = new Schema<Registration>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    displayName: { type: String, required: true },
    passwordHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'registrations' },
)
  .index({ email: 1, createdAt: -1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/**
 * Registrations that wait for their address to be confirmed. There is no account before that.
 *
 * Several may wait for one address, since anyone can name it: a stranger, before or after its owner. None of them
 * takes the place of another. The owner confirms with a token from the mailbox and the password of their own
 * registration, and that one becomes the account, so a stranger's password never opens it.
 */
export function registrationStore(connection: Connection) {
  const model = connection.model('Registration', schema);
  return {
    /** The newest five of an address are kept: an older one can be made again, a flood may not fill the database. */
    async add(wanted: Pick<Registration, 'email' | 'displayName' | 'passwordHash'>): Promise<void> {
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + registrationHours * 3_600_000);
      await model.create({ _id: newId(), ...wanted, createdAt, expiresAt });
      const kept = await this.waiting(wanted.email);
      const _id = trusted({ $nin: kept.map((one) => one._id) });
      await model.deleteMany({ email: wanted.email, _id, createdAt: trusted({ $lte: createdAt }) });
    },

    /** Newest first. The database removes expired ones late, so the time is asked here too. */
    waiting: (email: string): Promise<Registration[]> =>
      model
        .find({ email, expiresAt: trusted({ $gt: new Date() }) })
        .sort({ createdAt: -1, _id: -1 })
        .limit(mostPerAddress)
        .lean(),

    async removeAll(email: string, session: ClientSession): Promise<void> {
      await model.deleteMany({ email }, { session });
    },
  };
}
