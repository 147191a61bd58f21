import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../shared/context.ts';
import type { SigningKey, signingKeyStore } from '../../shared/db/signing-keys.ts';
import type { Log } from '../../shared/log.ts';
import { seal, unseal } from '../../shared/seal.ts';
import { deriveKey } from '../../shared/secret-key.ts';
import { type CryptoKey, importPrivateKey, importPublicKey, newKeyPair, publicJwk } from './jwt.ts';
import { type KeyTimes, keyTimes, leadMs, nextSignsFrom, refreshMs } from './signing-key-times.ts';

/** Tokens with a key that is not known make us look, but not more often than this. */
const lookAgainMs = 1000;

export type SigningKeys = ReturnType<typeof signingKeys>;
export type CurrentKey = { kid: string; key: CryptoKey };
type Options = {
  store: ReturnType<typeof signingKeyStore>;
  /** Seals the private keys: 32 bytes. */
  secret: Buffer;
  /** How long a key signs. */
  days: number;
  /** How long a token lives. */
  tokenSeconds: number;
  log: Log;
  now?: () => number;
};

/** The keys of an installation. */
export function openSigningKeys({ config, db, log }: Pick<Context, 'config' | 'db' | 'log'>): SigningKeys {
  return signingKeys({
    store: db.signingKeys,
    secret: deriveKey(config.SECRET_KEY, 'signing keys'),
    days: config.SIGNING_KEY_DAYS,
    tokenSeconds: config.TOKEN_TTL_SECONDS,
    log,
  });
}

/**
 * The keys that sign access tokens, as this process knows them. They are read when they are used, at most once in
 * `refreshMs`; whoever reads first when the next key is due adds it, and when all tokens of a key have ended, removes
 * it.
 */
export function signingKeys({ store, secret, days, tokenSeconds, log, now = Date.now }: Options) {
  const publicKeys = new Map<string, Promise<CryptoKey>>();
  const privateKeys = new Map<string, Promise<CryptoKey>>();
  let known: SigningKey[] = [];
  let started = 0;
  let applied = 0;
  let loading: { since: number; done: Promise<void> } | undefined;
  let waiting: Promise<void> | undefined;

  /** Adds the key after `newest`, or finds that another process just did. */
  async function add(newest: SigningKey | undefined, signsFrom: Date): Promise<void> {
    const { kid, pkcs8, x, y } = await newKeyPair();
    const serial = (newest?.serial ?? 0) + 1;
    const createdAt = new Date(now());
    const sealed = seal(secret, pkcs8, kid);
    if (await store.add({ _id: kid, serial, x, y, sealed, signsFrom, tokenSeconds, createdAt })) {
      log.info({ kid, signsFrom }, 'signing key added');
    }
  }

  async function load(): Promise<void> {
    started += 1;
    const turn = started;
    let keys = await store.all();
    const signsFrom = addWhen(keys);
    if (signsFrom) {
      await add(keys.at(-1), signsFrom);
      keys = await store.all();
    }
    const { signing, ended } = keyTimes(keys, now());
    const lasting = signing.filter((key) => key.tokenSeconds < tokenSeconds).map(({ _id }) => _id);
    if (lasting.length > 0) await store.signFor(lasting, tokenSeconds);
    if (ended.length > 0) await store.remove(ended.map(({ _id }) => _id));
    // One that began later may have ended sooner, and knows more.
    if (turn < applied) return;
    applied = turn;
    known = keys.filter((key) => !ended.includes(key));
    for (const cache of [publicKeys, privateKeys]) {
      for (const kid of cache.keys()) if (!known.some(({ _id }) => _id === kid)) cache.delete(kid);
    }
  }

  /** From when another key should sign, if one is needed. */
  function addWhen(keys: SigningKey[]): Date | undefined {
    const newest = keys.at(-1);
    const { current } = keyTimes(keys, now());
    if (!newest || !current) return new Date(now());
    if (unseal(secret, current.sealed, current._id) === undefined) {
      // While processes with an old and a new SECRET_KEY run side by side, each adds one when it next looks.
      log.warn({ kid: current._id }, 'the signing key cannot be read with this SECRET_KEY; another is made');
      return new Date(now());
    }
    return nextSignsFrom(newest, days, now());
  }

  /** Reads the keys; callers that come meanwhile share it. */
  function reload(): Promise<void> {
    const since = now();
    const done = load().catch((error) => {
      if (loading?.done === done) loading = undefined;
      throw error;
    });
    loading = { since, done };
    return done;
  }

  async function times(): Promise<KeyTimes> {
    await (loading && now() - loading.since < refreshMs ? loading.done : reload());
    return keyTimes(known, now());
  }

  /** Reads again, for all that wait for it; not at once when that was done a moment ago. */
  function lookAgain(): Promise<void> {
    waiting ??= (async () => {
      const pause = (loading?.since ?? 0) + lookAgainMs - now();
      // Also without a pause this goes on later, when `waiting` is set.
      await sleep(Math.min(Math.max(pause, 0), lookAgainMs));
      waiting = undefined;
      await reload();
    })();
    return waiting;
  }

  async function find(kid: string): Promise<CryptoKey | undefined> {
    const key = (await times()).verifying.find(({ _id }) => _id === kid);
    return key && cached(publicKeys, kid, () => importPublicKey(key));
  }

  function openPrivateKey({ _id, sealed }: SigningKey): Promise<CryptoKey> {
    const pkcs8 = unseal(secret, sealed, _id);
    if (pkcs8 === undefined) throw new Error('the signing key cannot be read with this SECRET_KEY');
    return importPrivateKey(pkcs8);
  }

  return {
    /** The key that signs now. */
    async current(): Promise<CurrentKey> {
      const { current } = await times();
      if (!current) throw new Error('there is no key to sign with');
      const kid = current._id;
      return { kid, key: await cached(privateKeys, kid, () => openPrivateKey(current)) };
    },

    /** The key to verify a token with. One that another process has just added is found by looking again. */
    async find(kid: string): Promise<CryptoKey | undefined> {
      const found = await find(kid);
      if (found) return found;
      await lookAgain();
      return find(kid);
    },

    /** The public keys, for whoever verifies tokens: also the one that will sign next. */
    published: async () => (await times()).verifying.map((key) => publicJwk(key._id, key)),

    /**
     * Adds another key by hand, and gives the newest. `later`: it is first published, as by schedule. `drop`: the
     * tokens of all keys before end, as one of those may be in the wrong hands.
     */
    async rotate(when: 'later' | 'now' | 'drop'): Promise<SigningKey> {
      await reload();
      const before = known.map(({ _id }) => _id);
      await add(known.at(-1), new Date(now() + (when === 'later' ? leadMs : 0)));
      if (when === 'drop') await store.remove(before);
      await reload();
      const newest = known.at(-1);
      if (!newest) throw new Error('there is no key to sign with');
      return newest;
    },
  };
}

function cached(cache: Map<string, Promise<CryptoKey>>, kid: string, make: () => Promise<CryptoKey>) {
  const known = cache.get(kid) ?? make();
  cache.set(kid, known);
  return known;
}
