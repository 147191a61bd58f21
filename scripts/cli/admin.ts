import type { Role } from '../../shared/contracts/account.ts';
import type { User } from '../../shared/db/users.ts';
import { byOperator } from './by-operator.ts';
import { type Command, misfit, type Run, type Tools } from './command.ts';
import { describeAccount, findAccount } from './find-account.ts';

/** Who is an administrator. The first one cannot be made by another, so it is made here. */
export const admin: Command = {
  usage: [
    'admin list                     every administrator',
    'admin grant EMAIL|USER_ID      makes an account, which has signed in once, an administrator',
    'admin revoke EMAIL|USER_ID     takes that away',
  ],

  parse(words) {
    const [verb, who, ...more] = words;
    if (verb === 'list' && who === undefined) return list;
    if ((verb === 'grant' || verb === 'revoke') && who && more.length === 0) return change(verb, who);
    throw misfit(['admin', ...words], admin.usage);
  },
};

async function list({ db }: Tools): Promise<string> {
  const found = await db.users.withRole('admin');
  return found.length === 0 ? 'There is no administrator.' : found.map(describeAccount).join('\n');
}

function change(verb: 'grant' | 'revoke', who: string): Run {
  return async (tools) => {
    const user = await findOne(who, verb, tools);
    if (verb === 'revoke' && !user.roles.includes('admin')) {
      throw new Error(`${describeAccount(user)} is no administrator.`);
    }
    const others = user.roles.filter((role) => role !== 'admin');
    const roles = verb === 'grant' ? [...others, 'admin' as const] : others;
    await setRoles(user._id, roles.length > 0 ? roles : [tools.config.DEFAULT_ROLE], `admin ${verb}`, tools);
    const now = verb === 'grant' ? 'is an administrator' : 'is no administrator any more';
    return `${describeAccount(user)} ${now}. The provider’s claim changes its roles no longer.`;
  };
}

function setRoles(userId: string, roles: Role[], command: string, { db }: Tools): Promise<void> {
  return db.transaction(async (session) => {
    await db.users.setRoles(userId, roles, session);
    const target = { target: { userId }, ownerId: userId };
    const entry = byOperator({
      action: 'user.change',
      command,
      ...target,
      changes: { roles: roles.join(' ') },
    });
    await db.audit.add(entry, session);
  });
}

async function findOne(who: string, verb: 'grant' | 'revoke', { db }: Tools): Promise<User> {
  const found = await findAccount(who, db);
  // Whoever gave this address did not have to own it.
  if (verb === 'grant' && who.includes('@') && !found.emailVerified) {
    throw new Error(
      `Nobody has verified this address. Name the account by its id:\n${describeAccount(found)}`,
    );
  }
  return found;
}
