import {
  type CryptoKey,
  calculateJwkThumbprint,
  errors,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  jwtVerify,
  SignJWT,
} from 'jose';

/** The one algorithm there is: what a token says of itself chooses nothing. */
const algorithm = 'ES256';
const type = 'at+jwt';
const clockToleranceSeconds = 5;

type PublicKey = { x: string; y: string };
export type Claims = { userId: string; grantId: string; tokenId: string };
type Parties = { issuer: string; audience: string };

export type { CryptoKey };

/** `pkcs8` is the private key as text. */
export async function newKeyPair(): Promise<PublicKey & { kid: string; pkcs8: string }> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk, 'sha256');
  return { kid, x: jwk.x ?? '', y: jwk.y ?? '', pkcs8: await exportPKCS8(privateKey) };
}

/** As others read it in the set of published keys (RFC 7517). */
export function publicJwk(kid: string, { x, y }: PublicKey) {
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: algorithm, use: 'sig' };
}

export async function importPublicKey(key: PublicKey): Promise<CryptoKey> {
  return (await importJWK({ kty: 'EC', crv: 'P-256', x: key.x, y: key.y }, algorithm)) as CryptoKey;
}

export function importPrivateKey(pkcs8: string): Promise<CryptoKey> {
  return importPKCS8(pkcs8, algorithm);
}

export function signJwt(
  { kid, key }: { kid: string; key: CryptoKey },
  { issuer, audience }: Parties,
  { userId, grantId, tokenId }: Claims,
  seconds: number,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sid: grantId })
    .setProtectedHeader({ alg: algorithm, typ: type, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(userId)
    .setJti(tokenId)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(key);
}

/** What a token claims; undefined when it is none of ours, or has ended. What `keyOf` throws goes on. */
export async function verifyJwt(
  token: string,
  { issuer, audience }: Parties,
  keyOf: (kid: string) => Promise<CryptoKey | undefined>,
): Promise<Claims | undefined> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = typeof kid === 'string' ? await keyOf(kid) : undefined;
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: [algorithm],
        typ: type,
        issuer,
        audience,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['sub', 'jti', 'sid', 'iat', 'exp'],
      },
    );
    const { sub: userId, jti: tokenId, sid: grantId } = payload;
    return typeof userId === 'string' && typeof tokenId === 'string' && typeof grantId === 'string'
      ? { userId, tokenId, grantId }
      : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
