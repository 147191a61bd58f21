import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { isSettled } from '../../scripts/client.ts';
import { useBrowser, watch } from '../support/browser.ts';
import { clip } from '../support/clips.ts';
import { until } from '../support/system.ts';

const hasPlayer = (page: Page) => page.evaluate<boolean>('Boolean(window.hls?.levels.length)');
const stateOf = (page: Page) => page.locator('#state').innerText();

describe('the watch page, where something fails,', () => {
  const started = useBrowser();

  async function readyVideo(seconds: number): Promise<string> {
    const { system } = started();
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip(seconds));
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    return videoId;
  }

  before(() => started().system.startWorker());

  it('asks again for what it was not told, and not for what it was refused', async () => {
    const { browser, system } = started();
    const videoId = await readyVideo(2);
    const api = `${system.url}/api/videos/${videoId}`;
    const context = await browser.newContext();

    const refused = await watch(context);
    let refusals = 0;
    const detail = 'It is not shown in your region.';
    await refused.page.route(`${api}/playback`, (route) => {
      refusals++;
      return route.fulfill({ status: 451, contentType: 'application/problem+json', json: { detail } });
    });
    await refused.page.goto(`${system.url}/watch/${videoId}`);
    await until('the refusal', async () => (await stateOf(refused.page)) === detail);

    const { page } = await watch(context);
    let failures = 0;
    await page.route(
      api,
      (route) => {
        failures++;
        return route.fulfill({ status: 503, contentType: 'text/html', body: '<h1>Busy</h1>' });
      },
      { times: 1 },
    );
    await page.route(
      `${api}/playback`,
      (route) => {
        failures++;
        return route.abort();
      },
      { times: 1 },
    );
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('the failure', async () => (await stateOf(page)) === 'The server answered 503.');
    await until('player on the page', () => hasPlayer(page));
    expect(failures).to.equal(2);
    expect(await stateOf(page)).to.equal('Ready');
    expect(refusals).to.equal(1);
    await context.close();
  });
});
