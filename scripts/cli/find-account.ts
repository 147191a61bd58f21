import type { Db } from '../../shared/db/connect.ts';
import type { User } from '../../shared/db/users.ts';

/** The one account with an e-mail address or an id. @throws Error with a sentence when it is none, or several */
export async function findAccount(who: string, db: Db): Promise<User> {
  if (!who.includes('@')) {
    const found = await db.users.find(who);
    if (found) return found;
    throw new Error(`There is no account ${who}.`);
  }
  const [only, ...more] = await db.users.withEmail(who);
  if (!only) throw new Error(`No account has the address ${who}. Its person has to sign in once before.`);
  if (more.length === 0) return only;
  const found = [only, ...more].map(describeAccount).join('\n');
  throw new Error(`Several accounts have this address. Name one by its id:\n${found}`);
}

export function describeAccount({ _id, displayName, email, issuer }: User): string {
  return `${_id} (${JSON.stringify(displayName)}, ${email ?? 'no e-mail'}, from ${issuer})`;
}
