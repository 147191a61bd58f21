import { type Connection, Schema } from 'mongoose';
import { newSecret, secretHash } from '../ids.ts';

/** What must be remembered between sending a browser to the provider and its return. */
export type SignIn = {
  provider: string;
  state: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string;
};

const minutes = 10;

const schema = new Schema<SignIn & { _id: string; expiresAt: Date }>(
  {
    _id: { type: String, required: true },
    provider: { type: String, required: true },
    state: { type: String, required: true },
    nonce: { type: String, required: true },
    codeVerifier: { type: String, required: true },
    returnTo: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'sign_ins' },
).index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export function signInStore(connection: Connection) {
  const model = connection.model('SignIn', schema);
  return {
    async begin(signIn: SignIn): Promise<string> {
      const secret = newSecret();
      const expiresAt = new Date(Date.now() + minutes * 60_000);
      await model.create({ _id: secretHash(secret), ...signIn, expiresAt });
      return secret;
    },

    /**
     * Gives a begun sign-in once, and only to the browser that began it. An answer to another one, as from a tab that
     * began before or from a stranger's link, leaves it for its own.
     */
    async take(secret: string, state: string): Promise<SignIn | undefined> {
      const found = await model.findOneAndDelete({ _id: secretHash(secret), state }).lean();
      return found && found.expiresAt > new Date() ? found : undefined;
    },
  };
}
