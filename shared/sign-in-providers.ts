import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A server on this very machine may be reached by http. */
export const localHosts: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** As the provider spells it, a slash at the end included: it is compared with what its tokens say. */
export const issuer = z.string().refine((value) => {
  const { protocol = '', hostname = '' } = URL.canParse(value) ? new URL(value) : {};
  return protocol === 'https:' || (protocol === 'http:' && localHosts.includes(hostname));
}, 'must be https, except on localhost');

const givenProvider = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'may hold a-z, 0-9 and -, 31 characters at most')
      .refine((name) => name !== 'local', 'is the name of accounts without a provider'),
    title: z.string().min(1).max(60),
    issuer,
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional(),
    /** The path of a file that holds it. */
    clientSecretFile: z.string().min(1).optional(),
    rolesClaim: z.string().min(1).optional(),
    scopes: z.array(z.string().regex(/^\S+$/)).default(['openid', 'profile', 'email']),
  })
  .refine(({ scopes }) => scopes.includes('openid'), { message: 'must hold openid', path: ['scopes'] })
  .transform(({ clientSecret, clientSecretFile, ...provider }, context) => {
    try {
      const secret = clientSecretFile ? readFileSync(clientSecretFile, 'utf8').trim() : clientSecret;
      if (secret && !(clientSecret && clientSecretFile)) return { ...provider, clientSecret: secret };
      context.addIssue('needs either clientSecret or clientSecretFile, and that not empty');
    } catch (error) {
      context.addIssue(`clientSecretFile: ${(error as Error).message}`);
    }
    return z.NEVER;
  });

/** An OpenID provider as configured, with its secret. */
export type ProviderConfig = Omit<z.infer<typeof givenProvider>, 'rolesClaim'> & {
  rolesClaim?: string | undefined;
};

/** At least one: with an empty list it would be nobody who can sign in. */
const providers = z.array(givenProvider).min(1);

/** The path of a JSON file -> the providers in it. */
export const providerFile = z.string().transform((path, context): ProviderConfig[] => {
  try {
    return providers.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    context.addIssue({ code: 'custom', message: `${path} holds no sign-in providers: ${reasonOf(error)}` });
    return z.NEVER;
  }
});

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  // What is said of broken JSON quotes it, and there are secrets in it.
  return error instanceof SyntaxError ? 'this is not JSON' : (error as Error).message;
}

type Given = {
  OIDC_ISSUER?: string | undefined;
  OIDC_CLIENT_ID?: string | undefined;
  OIDC_CLIENT_SECRET?: string | undefined;
  OIDC_PROVIDERS?: ProviderConfig[] | undefined;
};

/** Every provider, the one of the single variables first. */
export function signInProviders(given: Given): ProviderConfig[] {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_PROVIDERS = [] } = given;
  if (!OIDC_ISSUER || !OIDC_CLIENT_ID || !OIDC_CLIENT_SECRET) return OIDC_PROVIDERS;
  const one: ProviderConfig = {
    name: 'default',
    title: new URL(OIDC_ISSUER).hostname,
    issuer: OIDC_ISSUER,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    scopes: ['openid', 'profile', 'email'],
  };
  return [one, ...OIDC_PROVIDERS];
}

const single = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;

/** What is missing from the ways to sign in, a line each, by the variables as they were given. */
export function signInGaps(given: Record<string, string | undefined>): string[] {
  const set = single.filter((name) => given[name]);
  if (set.length === single.length) return [];
  if (set.length > 0) {
    const missing = single.filter((name) => !given[name]);
    return missing.map(
      (name) => `${name}: is not set, but ${set.join(' and ')} ${set.length > 1 ? 'are' : 'is'}`,
    );
  }
  if (given.OIDC_PROVIDERS || (given.LOCAL_ACCOUNTS ?? 'false') !== 'false') return [];
  const ways = `Set ${single.join(', ')}, or OIDC_PROVIDERS, or LOCAL_ACCOUNTS=true.`;
  return [`OIDC_ISSUER: is not set, and so nobody could sign in. ${ways}`];
}

/** What providers have in common that they must not, a line each. */
export function providerConflicts(given: Given): string[] {
  const all = signInProviders(given);
  const twice = (of: (provider: ProviderConfig) => string) => [
    ...new Set(all.map(of).filter((one, index, list) => list.indexOf(one) !== index)),
  ];
  return [
    ...twice(({ name }) => name).map((name) => `OIDC_PROVIDERS: two are named ${name}`),
    // An account is known by issuer and subject: two registrations there could not be told apart.
    ...twice((one) => sameIssuer(one.issuer)).map((one) => `OIDC_PROVIDERS: two have the issuer ${one}`),
  ];
}

/** An issuer as two spellings of it have in common. */
export const sameIssuer = (issuer: string): string => new URL(issuer).href.replace(/\/$/, '');
