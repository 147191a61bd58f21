export type Account = {
  login: string;
  password: string;
  name: string;
  email: string;
  emailVerified: boolean;
  roles?: string[];
};

function known(login: string, name: string, role: string): Account {
  return { login, password: login, name, email: `${login}@example.com`, emailVerified: true, roles: [role] };
}

export type Accounts = ReturnType<typeof createAccounts>;

/** The people the local identity provider knows, and those who register there while it runs. */
export function createAccounts() {
  const accounts = [
    known('demo', 'Demo Creator', 'creator'),
    known('viewer', 'Vera Viewer', 'viewer'),
    known('admin', 'Ada Admin', 'admin'),
  ];
  const findByLogin = (login: string) => accounts.find((account) => account.login === login);
  return {
    findByLogin,

    findByPassword: (login: string, password: string): Account | undefined =>
      accounts.find((account) => account.login === login && account.password === password),

    /** Nobody has a say on the new one's roles, and nobody has checked its e-mail address. */
    register(login: string, password: string): Account | undefined {
      if (!/^[a-z0-9-]{1,40}$/.test(login) || password === '' || findByLogin(login)) return undefined;
      const account = { login, password, name: login, email: `${login}@example.com`, emailVerified: false };
      accounts.push(account);
      return account;
    },
  };
}
