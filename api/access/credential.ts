import type { Scope } from '../../shared/contracts/account.ts';
import type { User } from '../../shared/db/users.ts';

/** How a caller showed who it is. */
export type Credential =
  | { kind: 'session'; id: string }
  | { kind: 'token'; tokenId: string }
  | { kind: 'apiKey'; id: string; scopes: readonly Scope[] };

export type Caller = { user: User; credential: Credential };
