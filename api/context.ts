import type { Context } from '../shared/context.ts';
import type { OidcProvider } from './access/oidc.ts';
import type { Tokens } from './access/tokens.ts';

/** What the api has beside the shared context. */
export type ApiContext = Context & {
  oidc: OidcProvider;
  tokens: Tokens;
  /** Where clients reach the api, without a slash at the end. */
  publicUrl: string;
  /** Aborts when the api stops: answers that would go on for long end then. */
  stopping: AbortSignal;
};
