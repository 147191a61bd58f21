import type { Context as KoaContext } from 'koa';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { logUser } from '../middleware/request-log.ts';
import type { Route } from '../route.ts';
import { type Caller, findCaller } from './caller.ts';
import { admit, policy } from './policy.ts';

/** Who asks, if that one may do the route's action at all. @throws MillraceError */
export async function authorize(
  { action, limit = 'rest' }: Pick<Route, 'action' | 'limit'>,
  ctx: KoaContext,
  context: ApiContext,
): Promise<Caller | undefined> {
  const { limits } = context;
  // Who tries credentials that are none is counted too, by address.
  const caller = await findCaller(ctx, context, action).catch(async (refused) => {
    await limits.check(limit, undefined, ctx);
    throw refused;
  });
  // With many accounts one could else guess and register as often: signing in is counted by address, whoever asks.
  await limits.check(limit, action === 'sign-in.use' ? undefined : caller?.user._id, ctx);
  if (caller) {
    logUser(ctx, caller.user._id);
    const { scope } = policy[action];
    const { credential } = caller;
    if (credential.kind === 'apiKey' && !(scope && credential.scopes.includes(scope))) {
      const needed = scope ? `needs the scope ${scope}` : 'cannot be done with an API key';
      throw new MillraceError('forbidden', `This ${needed}.`);
    }
  }
  admit(action, caller?.user);
  return caller;
}
