import {
  compactVerify,
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { MillraceError } from '../../shared/errors.ts';

/** The keys that a provider signs with, fetched when a token names one that is not known. */
export type ProviderKeys = {
  /** A token that the provider handed over itself. @throws Error when it has not signed it */
  verifySignature(token: string): Promise<void>;
  /**
   * A token that anybody may have sent, for us from this issuer.
   * @throws Error with what is wrong with it; MillraceError unavailable when the keys cannot be had
   */
  verifyClaims(token: string, options: JWTVerifyOptions): Promise<JWTPayload>;
};

/** Signatures that only the provider can make: `none` and those with a shared secret are not among them. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Strangers name unknown keys too; so often, in milliseconds, they make us ask the provider at most. */
const strangersPause = 5_000;

export function createProviderKeys(address: URL, issuer: string, audience: string): ProviderKeys {
  const keys = createRemoteJWKSet(address, { cooldownDuration: strangersPause });
  return {
    async verifySignature(token) {
      const verify = () => compactVerify(token, keys, { algorithms });
      await verify().catch(async (error) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        // The provider may have changed its keys a moment ago, and this token is certainly its own.
        await keys.reload();
        return verify();
      });
    },

    async verifyClaims(token, options) {
      try {
        return (await jwtVerify(token, keys, { ...options, issuer, audience, algorithms })).payload;
      } catch (error) {
        if (isAboutToken(error)) throw error;
        throw new MillraceError('unavailable', 'The keys of the sign-in provider cannot be had.', {
          cause: error,
        });
      }
    },
  };
}

/** What is left is a fetch that failed: an error of the system’s, a time-out, or jose’s without a kind of its own. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
