import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { useBrowser, watch } from '../support/browser.ts';
import { clip } from '../support/clips.ts';
import { until } from '../support/system.ts';

type Media = { muted: boolean; currentTime: number; playbackRate: number; play(): Promise<void> };

describe('the watch page', () => {
  const started = useBrowser();

  it('tells a view once enough was watched, and the rest at the end', async () => {
    const { browser, system } = started();
    const client = await system.client('demo');
    await system.startWorker();
    const { videoId } = await client.uploadFile(await clip(15));
    expect((await client.follow(videoId, isSettled)).state).to.equal('ready');
    const context = await browser.newContext();
    const { page } = await watch(context);
    const told: { position: number; watchedSeconds: number }[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith(`/${videoId}/views`)) told.push(JSON.parse(request.postData() ?? ''));
    });
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('player on the page', () => page.evaluate<boolean>('Boolean(window.hls)'));
    const video = page.locator('video');
    await video.evaluate((media: Media) => {
      Object.assign(media, { muted: true, currentTime: 8 });
      return media.play();
    });
    await until('first word', async () => told.length > 0);
    // 30 % of 15 s, and not the leap to second 8.
    expect(told[0]?.watchedSeconds).to.be.within(4.5, 5.5);
    expect(told[0]?.position).to.be.within(12, 14);
    await until('last word', async () => told.length > 1);
    expect(told[1]?.watchedSeconds).to.be.within(6, 7.5);
    await context.close();
  });
});
