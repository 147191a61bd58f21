import type { Config } from '../../shared/config.ts';
import { MillraceError } from '../../shared/errors.ts';
import { sameIssuer, signInProviders } from '../../shared/sign-in-providers.ts';
import { createOidcProvider, type OidcProvider } from './oidc.ts';

/** Every configured provider. Each is on its own: one that is down harms nobody else's sign-in. */
export type Providers = {
  all: readonly OidcProvider[];
  /** By its name; without one the first. @throws MillraceError unknown_provider */
  named(name?: string): OidcProvider;
  /** By what a token says of who made it, which is to be verified. */
  ofIssuer(issuer: unknown): OidcProvider | undefined;
};

export function createProviders(config: Config): Providers {
  const defaults = { rolesClaim: config.OIDC_ROLES_CLAIM, role: config.DEFAULT_ROLE };
  const all = signInProviders(config).map((one) => createOidcProvider(one, defaults));
  return {
    all,

    named(name) {
      const found = name === undefined ? all[0] : all.find((one) => one.name === name);
      if (found) return found;
      throw new MillraceError(
        'unknown_provider',
        all.length === 0
          ? 'No sign-in provider is configured here: sign in with POST /api/auth/login.'
          : `There is no such sign-in provider; there are ${all.map((one) => one.name).join(', ')}.`,
      );
    },

    ofIssuer(issuer) {
      if (typeof issuer !== 'string' || !URL.canParse(issuer)) return undefined;
      return all.find((one) => sameIssuer(one.issuer) === sameIssuer(issuer));
    },
  };
}
