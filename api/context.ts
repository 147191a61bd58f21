import type { Context } from '../shared/context.ts';
import type { OidcProvider } from './access/oidc.ts';
import type { PasswordHashing } from './access/password-hashing.ts';
import type { Tokens } from './access/tokens.ts';
import type { Outbox } from './mail/outbox.ts';

/** What the api has beside the shared context. */
export type ApiContext = Context & {
  oidc: OidcProvider;
  tokens: Tokens;
  passwordHashing: PasswordHashing;
  outbox: Outbox;
  /** Where clients reach the api, without a slash at the end. */
  publicUrl: string;
  /** Aborts when the api stops: answers that would go on for long end then. */
  stopping: AbortSignal;
};
