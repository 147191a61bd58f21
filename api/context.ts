import type { IncomingMessage } from 'node:http';
import type { Context } from '../shared/context.ts';
import type { PasswordHashing } from './access/password-hashing.ts';
import type { Providers } from './access/providers.ts';
import type { RecentCallers } from './access/recent-callers.ts';
import type { Tokens } from './access/tokens.ts';
import type { Limits } from './limits/limits.ts';
import type { Outbox } from './mail/outbox.ts';
import type { TrendingLists } from './trending-list.ts';
import type { Viewing } from './viewing.ts';

/** What the api has beside the shared context. */
export type ApiContext = Context & {
  tokens: Tokens;
  recentCallers: RecentCallers;
  /** Where people can sign in. */
  providers: Providers;
  limits: Limits;
  /** The address of the client that sent a request. */
  addressOf(request: IncomingMessage): string;
  passwordHashing: PasswordHashing;
  outbox: Outbox;
  trending: TrendingLists;
  /** Counts views. */
  viewing: Viewing;
  /** Where clients reach the api, without a slash at the end. */
  publicUrl: string;
  /** Aborts when the api stops: answers that would go on for long end then. */
  stopping: AbortSignal;
};
