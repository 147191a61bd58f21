import { generateKeyPair } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type Provider from 'oidc-provider';
import { type Accounts, createAccounts } from './local/accounts.ts';
import {
  acceptLoopbackRedirects,
  configureIdentity,
  type IdentityClient,
  tellSignedInApi,
} from './local/identity-configuration.ts';
import { withoutNotices } from './local/identity-notices.ts';
import { renderNotice, renderRegistration, renderSignIn } from './local/identity-pages.ts';

export type IdentityProvider = IdentityClient & { issuer: string; stop(): Promise<void> };

const client: IdentityClient = { clientId: 'millrace', clientSecret: 'millrace-development' };

/** An OpenID provider for development: everybody knows its passwords, so it listens on 127.0.0.1 only. */
export async function startIdentityProvider(port = 0): Promise<IdentityProvider> {
  // The issuer holds the port, so the port comes first.
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Made anew at each start: nobody may learn to trust a development key.
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const accounts = createAccounts();
  const provider = await withoutNotices(async () => {
    const { interactionPolicy, Provider } = await import('oidc-provider');
    const policy = interactionPolicy.base();
    policy.add(new interactionPolicy.Prompt({ name: 'create', requestable: true }), 0);
    return new Provider(issuer, configureIdentity(client, privateKey, accounts, policy));
  });
  acceptLoopbackRedirects(provider);
  tellSignedInApi(provider);
  const protocol = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return protocol(request, response);
    interact(provider, accounts, request, response).catch((error) => {
      const text =
        error.name === 'SessionNotFound' ? 'This sign-in has expired. Start again.' : error.message;
      reply(response, 400, renderNotice('Sign-in failed', text));
    });
  });
  return { issuer, ...client, stop: () => close(server) };
}

/** The form to sign in with or, for prompt=create, the one to register with. */
async function interact(
  provider: Provider,
  accounts: Accounts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, prompt } = await provider.interactionDetails(request, response);
  const registers = prompt.name === 'create';
  const render = registers ? renderRegistration : renderSignIn;
  if (request.method !== 'POST') return reply(response, 200, render(uid));
  const form = await readForm(request);
  const login = form.get('login') ?? '';
  const password = form.get('password') ?? '';
  const account = registers ? accounts.register(login, password) : accounts.findByPassword(login, password);
  if (!account) {
    const problem = registers
      ? 'That name is taken or not possible.'
      : 'That name and password do not match.';
    return reply(response, registers ? 422 : 401, render(uid, login, problem));
  }
  const result = { login: { accountId: account.login }, ...(registers ? { create: {} } : {}) };
  await provider.interactionFinished(request, response, result);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > 4096) throw new Error('The form is too long.');
  }
  return new URLSearchParams(body);
}

function reply(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

async function close(server: ReturnType<typeof createServer>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
