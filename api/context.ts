import type { Context } from '../shared/context.ts';
import type { Providers } from './access/providers.ts';

/** What the api has beside the shared context. */
export type ApiContext = Context & {
  /** Where people can sign in. */
  providers: Providers;
  /** Where clients reach the api, without a slash at the end. */
  publicUrl: string;
  /** Aborts when the api stops: answers that would go on for long end then. */
  stopping: AbortSignal;
};
