import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { screenshot, useBrowser } from '../support/browser.ts';
import { videoIn } from '../support/videos.ts';
import { Visitor } from '../support/visitor.ts';
import { personWith } from '../support/walk.ts';

const absent = '0'.repeat(24);

describe('a problem, for who visits a page', () => {
  const started = useBrowser();

  const visit = async (path: string, work: (page: Page, status?: number) => Promise<void>) => {
    const { browser, system } = started();
    const context = await browser.newContext({ baseURL: system.url });
    const page = await context.newPage();
    const response = await page.goto(path);
    await work(page, response?.status());
    await context.close();
  };

  it('is a page that leads to signing in, and from there back', async () => {
    const { system } = started();
    const demo = await system.client('demo');
    const { userId } = await demo.call<{ userId: string }>('GET', '/api/auth/me');
    const videoId = await videoIn('ready', system, {
      ownerId: userId,
      visibility: 'private',
      title: 'Mine alone',
    });
    await visit(`/watch/${videoId}?from=mail`, async (page, status) => {
      expect([status, await page.title()]).to.deep.equal([404, 'Nothing is here']);
      await screenshot(page, 'problem');
      await page.click('text=Sign in');
      await page.fill('input[name=login]', 'demo');
      await page.fill('input[name=password]', 'demo');
      await page.click('button');
      await page.waitForURL(`${system.url}/watch/${videoId}?from=mail`);
      expect(await page.innerText('h1')).to.equal('Mine alone');
    });
  });

  for (const [path, status, words] of [
    ['/', 404, 'There is nothing at this address.'],
    ['/watch/x', 404, 'Nothing is here'],
    ['/admin/queues', 401, 'Sign in'],
    ['/api/auth/callback?code=x&state=y', 400, 'not begun in this browser'],
    ['/api/auth/login?provider=nobody', 400, 'no such sign-in provider'],
  ] as const) {
    it(`is a page at ${path}`, async () => {
      await visit(path, async (page, answered) => {
        expect(answered).to.equal(status);
        expect(await page.innerText('main')).to.include(words);
        expect(await page.locator('a', { hasText: 'Sign in' }).count()).to.equal(1);
      });
    });
  }

  it('leads to signing in whose session has ended, though the browser still has its cookie', async () => {
    const { system } = started();
    const wayOf = async (path: string, Cookie: string) => {
      const reply = await fetch(`${system.url}${path}`, { headers: { Accept: 'text/html', Cookie } });
      return /href="([^"]*)">Sign in</.exec(await reply.text())?.[1];
    };
    for (const path of [`/watch/${absent}`, '/watch/x', '/admin/queues']) {
      const way = `/api/auth/login?provider=default&amp;returnTo=${encodeURIComponent(path)}`;
      expect(await wayOf(path, 'millrace_session=ended'), path).to.equal(way);
      expect(await wayOf(path, await system.cookie('demo')), path).to.equal(undefined);
      // A sign-in would refuse to go back to these.
      for (const query of ['?utm[a]=1', `?a=${'b'.repeat(500)}`]) {
        expect(await wayOf(path + query, 'millrace_session=ended'), path).to.equal(way);
      }
    }
  });

  it('leads whose sign-in has failed to another one, and from there to where the first was to go', async () => {
    const { system } = started();
    const visitor = new Visitor();
    const login = '/api/auth/login?returnTo=/watch/1%23t=5';
    const { searchParams } = await visitor.authorize(system.url, 'demo', login);
    const refused = new URL('/api/auth/callback', system.url);
    refused.search = new URLSearchParams({
      error: 'access_denied',
      state: searchParams.get('state') ?? '',
      iss: searchParams.get('iss') ?? '',
    }).toString();
    const unknown = new URL(`${login}&provider=nobody`, system.url);
    for (const url of [refused, unknown]) {
      const headers = { Accept: 'text/html', ...visitor.jar.headers(url) };
      const reply = await fetch(url, { headers });
      expect(reply.status).to.equal(400);
      const way = '/api/auth/login?provider=default&amp;returnTo=%2Fwatch%2F1%23t%3D5';
      expect(await reply.text()).to.include(`"${way}">Sign in<`);
    }
  });

  it('says to who is suspended why, and lets them sign out and see what anyone may, without scripts', async () => {
    const { browser, system } = started();
    const person = await personWith(['creator'], system);
    const videoId = await videoIn('ready', system, { title: 'For all' });
    const { db } = system.context;
    await db.transaction((session) => db.accounts.change(person, { status: 'suspended' }, session));
    const context = await browser.newContext({ baseURL: system.url, javaScriptEnabled: false });
    const [name = '', value = ''] = person.cookie.split('=');
    await context.addCookies([{ name, value, url: system.url }]);
    const page = await context.newPage();
    expect((await page.goto(`/watch/${videoId}?from=mail`))?.status()).to.equal(403);
    expect(await page.innerText('main')).to.include('This account is suspended. Ask whoever runs this site.');
    await screenshot(page, 'problem-suspended');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${system.url}/watch/${videoId}?from=mail`);
    expect(await page.innerText('h1')).to.equal('For all');
    expect(await context.cookies()).to.deep.equal([]);
    await context.close();
  });

  it('stays a document for programs, and wherever the api answers', async () => {
    const { system } = started();
    const typeOf = async (path: string, accept?: string) => {
      const reply = await fetch(`${system.url}${path}`, accept ? { headers: { Accept: accept } } : {});
      return reply.headers.get('content-type')?.split(';')[0];
    };
    const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';
    expect(await typeOf(`/watch/${absent}`)).to.equal('application/problem+json');
    expect(await typeOf(`/watch/${absent}`, 'application/json, text/html;q=0.5')).to.match(/json$/);
    expect(await typeOf(`/watch/${absent}`, browser)).to.equal('text/html');
    expect(await typeOf(`/api/videos/${absent}`, browser)).to.equal('application/problem+json');
  });

  it('is told by the queue dashboard to whom the session has ended meanwhile', async () => {
    const { browser, system } = started();
    const [name = '', value = ''] = (await system.cookie('admin')).split('=');
    const context = await browser.newContext({ baseURL: system.url });
    await context.addCookies([{ name, value, url: system.url, httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    await page.goto('/admin/queues');
    await page
      .getByRole('link', { name: /encode/ })
      .first()
      .waitFor();
    await context.clearCookies();
    await page.getByText('Sign in first').first().waitFor({ timeout: 15_000 });
    await context.close();
  });

  it('shows what was asked for as text', async () => {
    await visit('/%3Cimg%20src=x%3E?returnTo=%22%3E', async (page) => {
      expect(await page.locator('img').count()).to.equal(0);
    });
  });
});
