import { type Connection, Schema, trusted } from 'mongoose';
import { isDuplicateKey } from './duplicate-key.ts';

/** A key that signs access tokens. When it does follows from its own time and those of the keys after it. */
export type SigningKey = {
  /** The thumbprint of the public key (RFC 7638), `kid` in tokens. */
  _id: string;
  /** One more than that of the key before: two processes that add a key at once have the same one in mind. */
  serial: number;
  /** The public coordinates on P-256. */
  x: string;
  y: string;
  /** The private key, sealed. */
  sealed: string;
  signsFrom: Date;
  /** The longest life of a token that was signed with it. */
  tokenSeconds: number;
  createdAt: Date;
};

const schema = new Schema<SigningKey>(
  {
    _id: { type: String, required: true },
    serial: { type: Number, required: true },
    x: { type: String, required: true },
    y: { type: String, required: true },
    sealed: { type: String, required: true },
    signsFrom: { type: Date, required: true },
    tokenSeconds: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'signing_keys' },
).index({ serial: 1 }, { unique: true });

export function signingKeyStore(connection: Connection) {
  const model = connection.model('SigningKey', schema);
  return {
    /** Every key, the oldest first. */
    all: (): Promise<SigningKey[]> => model.find().sort({ serial: 1 }).maxTimeMS(5000).lean(),

    /** False when another process has added a key with this serial: then that one counts. */
    async add(key: SigningKey): Promise<boolean> {
      try {
        await model.create(key);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    /** Notes that these keys sign tokens of such a life, unless they already sign longer ones. */
    async signFor(ids: string[], tokenSeconds: number): Promise<void> {
      await model.updateMany({ _id: trusted({ $in: ids }) }, { $max: { tokenSeconds } });
    },

    async remove(ids: string[]): Promise<void> {
      await model.deleteMany({ _id: trusted({ $in: ids }) });
    },
  };
}
