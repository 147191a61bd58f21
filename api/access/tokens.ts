import type { Context } from '../../shared/context.ts';
import type { Holder, RefreshSecrets } from '../../shared/db/grants.ts';
import { newId } from '../../shared/ids.ts';
import { newMarkedSecret, newSecretPart, readMarkedSecret } from '../../shared/marked-secret.ts';
import { shortCache } from '../short-cache.ts';
import { type Claims, signJwt, verifyJwt } from './jwt.ts';
import type { CurrentKey, SigningKeys } from './signing-keys.ts';

const mark = 'mrr';
/** A grant that was ended is refused so much later at most. */
const grantSeconds = 2;

export type TokenPair = { accessToken: string; refreshToken: string; seconds: number };
export type Tokens = ReturnType<typeof createTokens>;

/** Short access tokens (JWT) and the refresh tokens that renew them. */
export function createTokens({ config, db, log }: Context, keys: SigningKeys, publicUrl: string) {
  const accessSeconds = config.TOKEN_TTL_SECONDS;
  const refreshSeconds = config.REFRESH_TOKEN_TTL_SECONDS;
  const parties = { issuer: publicUrl, audience: publicUrl };
  const liveHolder = shortCache<Holder | null>(grantSeconds * 1000, 10_000);

  async function pair(userId: string, secrets: RefreshSecrets, key: CurrentKey): Promise<TokenPair> {
    const claims = { userId, grantId: db.grants.idOf(secrets), tokenId: newId() };
    return {
      accessToken: await signJwt(key, parties, claims, accessSeconds),
      refreshToken: newMarkedSecret(mark, [secrets.grant, secrets.turn]),
      seconds: accessSeconds,
    };
  }

  async function lives(holder: Holder | null): Promise<boolean> {
    return (
      holder !== null && (holder.sessionId === null || db.sessions.isLive(holder.userId, holder.sessionId))
    );
  }

  return {
    /** For somebody who has just shown who it is. What is given to a browser's session ends with that session. */
    async issue(userId: string, sessionId: string | null): Promise<TokenPair> {
      const secrets = { grant: newSecretPart(), turn: newSecretPart() };
      const issued = await pair(userId, secrets, await keys.current());
      await db.grants.start({ userId, sessionId }, secrets, refreshSeconds);
      return issued;
    },

    /**
     * A new pair for a refresh token, and whose it is. Undefined when that token is not valid; one that was used before
     * ends all that came of the same sign-in, as either its owner or a thief holds the newest.
     */
    async renew(refreshToken: string): Promise<{ userId: string; pair: TokenPair } | undefined> {
      const secrets = readRefreshToken(refreshToken);
      if (!secrets) return undefined;
      const turn = newSecretPart();
      // Before the old token is spent: a database that fails here costs nobody a sign-in.
      const key = await keys.current();
      const use = await db.grants.use(secrets, turn, refreshSeconds);
      if (use.outcome === 'reused') log.warn({ userId: use.userId }, 'a refresh token was used twice');
      if (use.outcome !== 'renewed') return undefined;
      if (!(await lives(use))) {
        await db.grants.end(db.grants.idOf(secrets));
        return undefined;
      }
      return { userId: use.userId, pair: await pair(use.userId, { ...secrets, turn }, key) };
    },

    /** Whose sign-in a refresh token comes of, be it the newest or not; null when there is none. */
    async holderOf(refreshToken: string): Promise<Holder | null> {
      const secrets = readRefreshToken(refreshToken);
      return secrets ? db.grants.find(db.grants.idOf(secrets)) : null;
    },

    /** Ends the sign-in that a token of either kind came of, if there is one. */
    async revoke(token: string): Promise<void> {
      const secrets = readRefreshToken(token);
      const id = secrets ? db.grants.idOf(secrets) : (await verifyJwt(token, parties, keys.find))?.grantId;
      if (id) await db.grants.end(id);
    },

    /** What an access token claims, if it is valid and its sign-in is that of its subject and has not been ended. */
    async verify(accessToken: string): Promise<Claims | undefined> {
      const claims = await verifyJwt(accessToken, parties, keys.find);
      if (!claims) return undefined;
      const { grantId, userId } = claims;
      const holder = await liveHolder(grantId, async () => {
        const found = await db.grants.find(grantId);
        return (await lives(found)) ? found : null;
      });
      return holder?.userId === userId ? claims : undefined;
    },

    published: () => keys.published(),
  };
}

function readRefreshToken(token: string): RefreshSecrets | undefined {
  const [grant, turn] = readMarkedSecret(mark, 2, token) ?? [];
  return grant && turn ? { grant, turn } : undefined;
}
