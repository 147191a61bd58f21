import type { z } from 'zod';
import { credentials } from '../../shared/contracts/local-accounts.ts';
import type { tokenRequest } from '../../shared/contracts/tokens.ts';
import type { User } from '../../shared/db/users.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { misfit } from '../misfit.ts';
import { admitSignIn } from './admit-sign-in.ts';
import { checkPassword, wrongPassword } from './check-password.ts';
import type { Credential } from './credential.ts';
import type { TokenPair } from './tokens.ts';

type Fields = z.infer<typeof tokenRequest>;
type Asker = { caller: User | undefined; credential: Credential | undefined };
type Grant = (fields: Fields, asker: Asker, context: ApiContext) => Promise<TokenPair>;

const unusable = 'This account cannot be used.';

/** What may be shown for a pair of tokens. */
const grants: Record<string, Grant> = {
  async password({ username, password }, _, context) {
    const given = { email: needed('username', username), password: needed('password', password) };
    const parsed = credentials.safeParse(given);
    if (!parsed.success) throw refused(wrongPassword().message);
    const { user: known, settle } = await checkPassword(context, parsed.data).catch(asRefusal);
    const user = await admitSignIn(context, known, context.log).catch(asRefusal);
    const issued = await context.tokens.issue(user._id, null);
    await settle().catch(asRefusal);
    return issued;
  },

  async refresh_token({ refresh_token }, _, { tokens, db }) {
    const shown = needed('refresh_token', refresh_token);
    // Before the token is spent: when the account is active again, its programs go on.
    const holder = await tokens.holderOf(shown);
    const user = holder && (await db.users.find(holder.userId));
    if (user?.status === 'suspended') throw refused(unusable);
    const renewed = await tokens.renew(shown);
    if (!renewed) throw refused('The refresh token is not valid, has ended or was used before.');
    if (user?.status === 'active') return renewed.pair;
    await tokens.revoke(renewed.pair.refreshToken);
    throw refused(unusable);
  },

  async 'urn:millrace:session'(_, { caller, credential }, { tokens }) {
    if (!caller || credential?.kind !== 'session') {
      throw refused('Send the cookie of a browser that is signed in.');
    }
    if (caller.status !== 'active') throw refused(unusable);
    return tokens.issue(caller._id, credential.id);
  },
};

/** @throws MillraceError invalid_request, invalid_grant, unsupported_grant_type */
export function grantTokens(fields: Fields, asker: Asker, context: ApiContext): Promise<TokenPair> {
  const known = Object.keys(grants).filter((name) => name !== 'password' || context.config.LOCAL_ACCOUNTS);
  const grant = known.includes(fields.grant_type) ? grants[fields.grant_type] : undefined;
  if (!grant) {
    throw new MillraceError('unsupported_grant_type', `This grant_type is not one of ${known.join(', ')}.`);
  }
  return grant(fields, asker, context);
}

function needed(name: keyof Fields, value: string | undefined): string {
  if (value !== undefined) return value;
  throw misfit(`/${name}`, 'is needed for this grant_type');
}

/** OAuth 2 has one answer for whatever is wrong with what was shown. */
function asRefusal(error: unknown): never {
  const isRefusal = error instanceof MillraceError && error.kind.fault === 'caller';
  throw isRefusal && error.code !== 'too_many_requests' ? refused(error.message) : error;
}

function refused(message: string): MillraceError {
  return new MillraceError('invalid_grant', message);
}
