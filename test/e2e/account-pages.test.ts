import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { screenshot, useBrowser, watch } from '../support/browser.ts';
import {
  goodPassword,
  type LocalSystem,
  makeAccount,
  newAddress,
  startLocalSystem,
} from '../support/local-accounts.ts';
import type { Letter } from '../support/mailbox.ts';

describe('the link in a letter', () => {
  const started = useBrowser();
  let local: LocalSystem;
  before(async () => {
    local = await startLocalSystem();
  });
  after(() => local.stop());

  const call = (path: string, body: object) => local.system.anonymous.call('POST', path, body);
  const linkIn = ({ text }: Letter) => /^http\S+#\S+$/m.exec(text)?.[0] ?? expect.fail('there is no link');
  const status = (page: Page, words: string) =>
    page.locator('[role=status]', { hasText: words }).waitFor({ timeout: 10_000 });

  /** What the browser complains of, apart from answers that are meant. */
  async function open(work: (page: Page) => Promise<void>): Promise<void> {
    const context = await started().browser.newContext();
    const { page, complaints, origins } = await watch(context);
    await work(page);
    const refusals = /Failed to load resource: the server responded with a status of 40[01]/;
    expect(complaints.filter((line) => !refusals.test(line))).to.deep.equal([]);
    expect([...origins]).to.deep.equal([local.system.url]);
    await context.close();
  }

  it('confirms an address with the password, and not by being opened', async () => {
    const email = newAddress();
    await call('/api/auth/register', { email, password: goodPassword, displayName: 'Ada' });
    const link = linkIn(await local.mailbox.letterTo(email));
    await open(async (page) => {
      await page.goto(link);
      await page.locator('button', { hasText: 'Confirm' }).waitFor();
      expect(page.url()).to.equal(`${local.system.url}/account/confirm`);
      expect(await local.system.context.db.passwords.find(email)).to.equal(null);
      await screenshot(page, 'account-confirm');
      await page.fill('#password', 'not the password 1');
      await page.click('button');
      await status(page, 'No registration of this address has this password.');
      await page.fill('#password', goodPassword);
      await page.click('button');
      await status(page, 'You can sign in now.');
      expect(await page.locator('form').isVisible()).to.equal(false);
    });
    await call('/api/auth/login', { email, password: goodPassword });
  });

  it('lets a new password be chosen, and says what is wrong with one', async () => {
    const email = await makeAccount(local);
    await call('/api/auth/password/forgot', { email });
    const link = linkIn(await local.mailbox.letterTo(email, 2));
    await open(async (page) => {
      await page.goto(link);
      await page.fill('#password', 'password123');
      await page.click('button');
      await status(page, 'The password is one of the passwords that many people use.');
      await page.fill('#password', 'quite another 1');
      await page.click('button');
      await status(page, 'Your password is changed');
    });
    await call('/api/auth/login', { email, password: 'quite another 1' });
  });

  it('counts when it is opened where another one was', async () => {
    const email = await makeAccount(local);
    await call('/api/auth/password/forgot', { email });
    const link = linkIn(await local.mailbox.letterTo(email, 2));
    await open(async (page) => {
      await page.goto(`${local.system.url}/account/reset`);
      await status(page, 'Open this page with the link in your e-mail.');
      await page.goto(link);
      await page.fill('#password', 'quite another 2', { timeout: 10_000 });
      expect(page.url()).to.equal(`${local.system.url}/account/reset`);
      await page.click('button');
      await status(page, 'Your password is changed');
    });
  });

  it('is asked for when the page is opened without one', async () => {
    await open(async (page) => {
      await page.goto(`${local.system.url}/account/reset`);
      await status(page, 'Open this page with the link in your e-mail.');
      expect(await page.locator('form').isVisible()).to.equal(false);
    });
    expect((await fetch(`${started().system.url}/account/reset`)).status).to.equal(404);
  });
});
