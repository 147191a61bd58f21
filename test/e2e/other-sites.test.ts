import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { freshSession } from '../support/accounts.ts';
import { useBrowser } from '../support/browser.ts';

/** A page of somebody's, on a host that is another site than 127.0.0.1. */
async function startSite(): Promise<{ origin: string; server: Server }> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>A page</title>');
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

describe('in a browser, a page of another site', () => {
  let friend: { origin: string; server: Server };
  let stranger: { origin: string; server: Server };
  before(async () => {
    [friend, stranger] = await Promise.all([startSite(), startSite()]);
  });
  const started = useBrowser(() => ({ CORS_ORIGINS: friend.origin, RATE_LIMITS: 'rest=1000/60' }));
  after(() => {
    for (const { server } of [friend, stranger]) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A page of that origin, in a browser that is signed in to us. */
  async function visit(origin: string): Promise<Page> {
    const { browser, system } = started();
    const [name = '', value = ''] = (await freshSession(system)).split('=');
    const context = await browser.newContext();
    await context.addCookies([{ name, value, url: system.url, httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    await page.goto(origin);
    return page;
  }

  const ask = (page: Page, url: string, method: string) =>
    page.evaluate<string>(
      `fetch(${JSON.stringify(url)}, { method: '${method}', credentials: 'include' })
        .then((reply) => reply.status + ' ' + reply.headers.get('RateLimit'), (error) => error.name)`,
    );

  it('reads nothing unless its origin is allowed, and then the headers too', async () => {
    const { system } = started();
    const url = `${system.url}/api/trending/GB`;
    expect(await ask(await visit(friend.origin), url, 'GET')).to.match(/^200 "rest";r=\d+;t=\d+$/);
    expect(await ask(await visit(stranger.origin), url, 'GET')).to.equal('TypeError');
  });

  it('is nobody to us by the cookie, also where its origin is allowed', async () => {
    const { system } = started();
    const url = `${system.url}/api/auth/me`;
    expect(await ask(await visit(system.url), url, 'GET')).to.match(/^200 /);
    expect(await ask(await visit(friend.origin), url, 'GET')).to.match(/^401 /);
  });

  it('changes nothing with a form, which no browser asks about beforehand', async () => {
    const { system } = started();
    const page = await visit(stranger.origin);
    const answered = page.waitForResponse(`${system.url}/api/auth/logout`);
    await page.evaluate(`{
      const form = document.createElement('form');
      form.method = 'post';
      form.action = ${JSON.stringify(`${system.url}/api/auth/logout`)};
      document.body.append(form);
      form.submit();
    }`);
    const reply = await answered;
    expect(reply.status()).to.equal(403);
    expect(await reply.json()).to.include({ code: 'cross_site_request' });
    await page.context().close();
  });

  it('may change something when its origin is allowed', async () => {
    const { system } = started();
    expect(await ask(await visit(friend.origin), `${system.url}/api/auth/logout`, 'POST')).to.match(
      /^20[04] /,
    );
  });
});
