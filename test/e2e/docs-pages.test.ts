import { expect } from 'chai';
import { screenshot, useBrowser, watch } from '../support/browser.ts';

type Operation = { operationId: string; summary: string; tags: string[] };

describe('in a browser', () => {
  const started = useBrowser();

  /** Opens a page that may reach our own origin and nothing else, and gives what the document says. */
  async function open(path: string) {
    const { browser, system } = started();
    const { origin } = new URL(system.url);
    const context = await browser.newContext();
    await context.route(
      (url) => url.protocol.startsWith('http') && url.origin !== origin,
      (asked) => asked.abort(),
    );
    const watched = await watch(context);
    await watched.page.goto(`${system.url}${path}`);
    const document = (await (await fetch(`${system.url}/openapi.json`)).json()) as { paths: object };
    const operations = Object.values(document.paths as Record<string, Record<string, Operation>>).flatMap(
      (methods) => Object.values(methods),
    );
    const finish = async () => {
      expect(watched.complaints).to.deep.equal([]);
      expect([...watched.origins]).to.deep.equal([origin]);
      await context.close();
    };
    return { page: watched.page, operations, finish };
  }

  it('the documentation shows every operation, with nothing from elsewhere', async () => {
    const { page, operations, finish } = await open('/docs');
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('.opblock').count()).to.equal(operations.length);
    await page.locator('#operations-Uploads-postUploads').click();
    await page.locator('#operations-Uploads-postUploads .opblock-body').waitFor();
    await screenshot(page, 'docs');
    await finish();
  });

  it('the reference shows every operation and finds one, with nothing from elsewhere', async () => {
    const { page, operations, finish } = await open('/redoc');
    for (const { operationId, summary, tags } of operations) {
      const section = page.locator(`[id="tag/${tags[0]?.replaceAll(' ', '-')}/operation/${operationId}"]`);
      await section.waitFor({ state: 'attached' });
      expect(await section.locator('h2').first().innerText()).to.equal(summary);
    }
    await screenshot(page, 'redoc');
    await page.getByRole('textbox').fill('ticket');
    const found = page.locator('[role="search"] [role="menu"]');
    await found.getByText('Ask for a ticket to upload one file').waitFor();
    await screenshot(page, 'redoc-search');
    await finish();
  });
});
