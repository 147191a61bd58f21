import { type Connection, Schema, trusted } from 'mongoose';
import { newSecret, secretHash } from '../ids.ts';

/** What must be remembered between sending a browser to the provider and its return. */
export type SignIn = {
  provider: string;
  state: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string;
};

/** Who first makes an account at the provider waits for a letter from it. */
export const signInSeconds = 3600;

/** `_id` is the hash of the browser's secret and of the state: one browser may have begun several. */
const schema = new Schema<SignIn & { _id: string; browser: string; expiresAt: Date }>(
  {
    _id: { type: String, required: true },
    browser: { type: String, required: true },
    provider: { type: String, required: true },
    state: { type: String, required: true },
    nonce: { type: String, required: true },
    codeVerifier: { type: String, required: true },
    returnTo: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  { versionKey: false, collection: 'sign_ins' },
)
  .index({ expiresAt: 1 }, { expireAfterSeconds: 0 })
  .index({ browser: 1 });

export function signInStore(connection: Connection) {
  const model = connection.model('SignIn', schema);
  const idOf = (secret: string, state: string) => secretHash(`${secret} ${state}`);
  return {
    /**
     * `known`: the secret that the browser has of a sign-in before. It is kept while that one waits, so that each of
     * two tabs can end its own.
     * @returns the secret that the browser is to have
     */
    async begin(signIn: SignIn, known: string | undefined): Promise<string> {
      const secret = known !== undefined && (await this.isAwaited(known)) ? known : newSecret();
      const expiresAt = new Date(Date.now() + signInSeconds * 1000);
      const browser = secretHash(secret);
      await model.create({ _id: idOf(secret, signIn.state), browser, ...signIn, expiresAt });
      return secret;
    },

    /**
     * Gives a begun sign-in once, and only to the browser that began it. An answer to another one, as from a stranger's
     * link, leaves it for its own.
     */
    async take(secret: string, state: string): Promise<SignIn | undefined> {
      const found = await model.findOneAndDelete({ _id: idOf(secret, state) }).lean();
      return found && found.expiresAt > new Date() ? found : undefined;
    },

    /** Whether a browser has begun one that has not come back. */
    async isAwaited(secret: string): Promise<boolean> {
      const expiresAt = trusted({ $gt: new Date() });
      return (await model.exists({ browser: secretHash(secret), expiresAt })) !== null;
    },
  };
}
