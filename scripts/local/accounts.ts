export type Account = { login: string; password: string; name: string; email: string; roles: string[] };

/** The people the local identity provider knows. */
export const accounts: readonly Account[] = [
  { login: 'demo', password: 'demo', name: 'Demo Creator', email: 'demo@example.com', roles: ['creator'] },
  {
    login: 'viewer',
    password: 'viewer',
    name: 'Vera Viewer',
    email: 'viewer@example.com',
    roles: ['viewer'],
  },
  { login: 'admin', password: 'admin', name: 'Ada Admin', email: 'admin@example.com', roles: ['admin'] },
];

export function findByLogin(login: string): Account | undefined {
  return accounts.find((account) => account.login === login);
}

export function findByPassword(login: string, password: string): Account | undefined {
  return accounts.find((account) => account.login === login && account.password === password);
}
