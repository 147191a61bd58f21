import { type ClientSession, type Connection, Schema } from 'mongoose';

/** How a local account signs in. Apart from the account, so that no reply about an account can carry a hash. */
type Password = {
  /** The e-mail address, in small letters. */
  _id: string;
  userId: string;
  hash: string;
  changedAt: Date;
};

const schema = new Schema<Password>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    hash: { type: String, required: true },
    changedAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'passwords' },
).index({ userId: 1 }, { unique: true });

export function passwordStore(connection: Connection) {
  const model = connection.model('Password', schema);
  return {
    find: (email: string, session: ClientSession | null = null): Promise<Password | null> =>
      model.findById(email).session(session).lean(),

    ofUser: (userId: string): Promise<Password | null> => model.findOne({ userId }).lean(),

    async add(email: string, userId: string, hash: string, session: ClientSession): Promise<void> {
      await model.create([{ _id: email, userId, hash, changedAt: new Date() }], { session });
    },

    /** Whatever it was. Gives whose it is; nobody's when the address has no account. */
    async set(email: string, hash: string, session: ClientSession): Promise<string | undefined> {
      const change = { $set: { hash, changedAt: new Date() } };
      const found = await model.findByIdAndUpdate(email, change, { session }).lean();
      return found?.userId;
    },

    /** False when it is no longer the one that was compared. */
    async replace(email: string, from: string, to: string, session: ClientSession): Promise<boolean> {
      const change = { $set: { hash: to, changedAt: new Date() } };
      const { modifiedCount } = await model.updateOne({ _id: email, hash: from }, change, { session });
      return modifiedCount === 1;
    },

    async remove(userId: string): Promise<void> {
      await model.deleteOne({ userId });
    },
  };
}
