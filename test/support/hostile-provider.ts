import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export type HostileProvider = Awaited<ReturnType<typeof startHostileProvider>>;

/**
 * A provider that is honest until a test changes one of its answers: where it sends the browser, what its ID token
 * says, what it publishes. Nobody has to sign in there.
 */
export async function startHostileProvider() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let key = await newKey();

  const provider = {
    issuer,
    clientId: 'millrace',
    clientSecret: 'a secret for the hostile one',
    /** Added to what it publishes. */
    metadata: {} as Record<string, unknown>,
    /** What it was sent. */
    codes: [] as string[],
    sendBack: (honest: URL, _asked: URL): URL => honest,
    idToken: (honest: JWTPayload): string | Promise<string> => provider.sign(honest),

    sign: (claims: JWTPayload, signer: Pick<Key, 'kid' | 'privateKey'> = key, typ = 'JWT') =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: signer.kid, typ }).sign(signer.privateKey),

    /** Claims that every token of its has. */
    claims: (more: JWTPayload = {}): JWTPayload => ({
      iss: issuer,
      aud: provider.clientId,
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 300,
      ...more,
    }),

    /** From now on it signs with another key, and publishes only that. */
    async rotate(): Promise<void> {
      key = await newKey();
    },

    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  const nonces = new Map<string, string>();
  server.on('request', async (request, response) => {
    const asked = new URL(request.url ?? '/', issuer);
    const json = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (asked.pathname === '/.well-known/openid-configuration') {
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
        ...provider.metadata,
      });
    }
    if (asked.pathname === '/jwks') return json({ keys: [{ ...key.jwk, kid: key.kid, alg: 'ES256' }] });
    if (asked.pathname === '/authorize') {
      const code = `code-${nonces.size}-of-the-hostile-one`;
      nonces.set(code, asked.searchParams.get('nonce') ?? '');
      const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', asked.searchParams.get('state') ?? '');
      return response.writeHead(302, { location: provider.sendBack(back, asked).href }).end();
    }
    const code = new URLSearchParams(await text(request)).get('code') ?? '';
    provider.codes.push(code);
    const honest = provider.claims({ sub: 'harry', nonce: nonces.get(code) ?? '' });
    json({ access_token: 'access', token_type: 'Bearer', id_token: await provider.idToken(honest) });
  });
  return provider;
}

export type Key = Awaited<ReturnType<typeof newKey>>;

let made = 0;

export async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  made += 1;
  return { kid: `key-${made}`, jwk: await exportJWK(publicKey), privateKey };
}
