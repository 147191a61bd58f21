import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { listenToPlayer, screenshot, useBrowser, watch } from '../support/browser.ts';
import { clip, twoSoundsClip } from '../support/clips.ts';
import { uploadWithStoryboard } from '../support/storyboards.ts';
import { until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

/** What the tests read of an HTMLVideoElement; the functions that do run in the browser. */
type Media = {
  muted: boolean;
  currentTime: number;
  videoWidth: number;
  error: { message: string } | null;
  buffered: { length: number; start(index: number): number; end(index: number): number };
  play(): Promise<void>;
};

type Element = { matches(selector: string): boolean };

describe('in a browser', () => {
  const started = useBrowser();

  it('a video starts while it is still encoding, and plays on over its seams once it is ready', async () => {
    const { browser, system } = started();
    const [encodeQueue, publishQueue] = ['encode', 'publish'].map((name) =>
      system.context.queues.all.find((queue) => queue.name === name),
    );
    const client = await system.client('demo');
    const title = 'Fifteen <b>seconds</b> & "a half"';
    const { videoId } = await client.uploadFile(await clip(15), { title });

    const context = await browser.newContext();
    const { page, complaints, origins } = await watch(context);
    await page.addInitScript(listenToPlayer);
    await page.goto(`${system.url}/watch/${videoId}`);
    expect(await page.title()).to.equal(title);
    expect(await page.locator('h1').innerText()).to.equal(title);
    const video = page.locator('video');
    const time = () => video.evaluate((media: Media) => media.currentTime);
    const plays = (beyond: number) =>
      until(`picture after second ${beyond}`, async () => (await time()) > beyond);
    await video.evaluate((media: Media) => {
      media.muted = true;
    });

    // It must not be ready too soon, nor whole: the last chunk waits for its turn.
    await publishQueue?.pause();
    await system.startWorker();
    await client.follow(videoId, ({ playable }) => playable);
    await encodeQueue?.pause();
    await until('player on the page', () => page.evaluate<boolean>('Boolean(window.hls)'));
    await video.evaluate((media: Media) => media.play());
    await plays(3);
    expect((await client.playback(videoId)).isFinal).to.equal(false);
    expect(await page.locator('#state').innerText()).to.match(/^Encoding \d+ %(, about .* left)?$/);
    expect(await page.getByRole('progressbar', { name: 'Encoding' }).isVisible()).to.equal(true);
    expect(await video.evaluate((media: Media) => media.videoWidth)).to.be.greaterThan(0);
    await screenshot(page, 'watch-encoding');

    await encodeQueue?.resume();
    await publishQueue?.resume();
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    await until('word that it is ready', async () => (await page.locator('#state').innerText()) === 'Ready');
    expect(await page.locator('progress').isVisible()).to.equal(false);
    // They are asked for when the state has changed.
    const facts = () => page.locator('#facts').innerText();
    await until('every rung in the facts', async () => (await facts()) === '15.0 s · 240p, 360p');
    const ranges = () =>
      video.evaluate(({ buffered }: Media) =>
        Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)]),
      );
    await until('the whole in the buffer', async () => ((await ranges()).at(-1)?.[1] ?? 0) > 14.9);
    const [range = [], ...others] = await ranges();
    expect(others, 'gaps at the seams').to.deep.equal([]);
    expect(range[0]).to.be.lessThan(0.1);

    for (const [from, beyond] of [
      [5.5, 6.5],
      [10, 12.5],
    ] as const) {
      await video.evaluate((media: Media, seconds: number) => {
        media.currentTime = seconds;
      }, from);
      await plays(beyond);
    }
    await screenshot(page, 'watch-ready');
    expect(await page.getByLabel('Sound').isVisible(), 'a choice of one sound').to.equal(false);
    expect(await video.evaluate(({ error }: Media) => error)).to.equal(null);
    expect(await ranges()).to.have.length(1);
    const store = new URL(system.config.S3_ENDPOINT).origin;
    expect([...origins].sort()).to.deep.equal([new URL(system.url).origin, store].sort());
    expect(complaints).to.deep.equal([]);
    await context.close();
  });

  it('the time range shows a small picture of the time under the pointer', async () => {
    const { browser, system } = started();
    const client = await system.client('demo');
    await system.startWorker();
    const { videoId } = await uploadWithStoryboard(system, client, await clip(15, '320x180'));
    expect((await client.follow(videoId, isSettled)).state).to.equal('ready');
    const context = await browser.newContext();
    const { page, complaints, origins } = await watch(context);
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('the cues', () =>
      page.evaluate<boolean>("document.querySelector('video').textTracks[0]?.cues?.length === 15"),
    );
    await until('a length', () => page.evaluate<boolean>("document.querySelector('video').duration > 14"));
    const range = page.locator('media-time-range');
    const box = await range.boundingBox();
    if (!box) throw new Error('there is no time range');
    const preview = range.locator('media-preview-thumbnail');
    for (const [share, tile] of [
      [0.5, 7],
      [0.97, 14],
    ] as const) {
      await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
      const coordinates = `${(tile % 10) * 160} ${Math.floor(tile / 10) * 90} 160 90`;
      await until(`tile ${tile}`, async () => {
        return (await preview.getAttribute('mediapreviewcoords')) === coordinates;
      });
      await preview.locator('img').waitFor({ state: 'visible' });
      await screenshot(page, `watch-hovering-${tile}`);
    }
    const isLoaded = (image: { complete: boolean; naturalWidth: number }) =>
      image.complete && image.naturalWidth === 1600;
    await until('the sprite', () => preview.locator('img').evaluate(isLoaded));
    expect(complaints).to.deep.equal([]);
    const store = new URL(system.config.S3_ENDPOINT).origin;
    expect([...origins].sort()).to.deep.equal([new URL(system.url).origin, store].sort());
    await context.close();
  });

  it('a sound is chosen where there are several, on phones and with keys alone', async () => {
    const { browser, system } = started();
    const client = await system.client('demo');
    await system.startWorker();
    const { videoId } = await client.uploadFile(await twoSoundsClip(2));
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    const context = await browser.newContext({ viewport: { width: 320, height: 700 } });
    const { page, complaints } = await watch(context);
    await page.addInitScript(listenToPlayer);
    await page.goto(`${system.url}/watch/${videoId}`);
    const choice = page.getByLabel('Sound');
    await choice.waitFor();
    expect(await choice.locator('option').allTextContents()).to.deep.equal(['English', 'العربية (وصف)']);
    expect(await choice.inputValue()).to.equal('0');
    const arabic = choice.locator('option[lang=ar]');
    expect(await arabic.evaluate((option: Element) => option.matches(':dir(rtl)'))).to.equal(true);
    await choice.focus();
    await page.keyboard.press('ArrowDown');
    await until('the other sound', () => page.evaluate<boolean>('window.hls.audioTrack === 1'));
    expect(await choice.inputValue()).to.equal('1');
    await screenshot(page, 'watch-sounds');
    const video = page.locator('video');
    await video.evaluate((media: Media) => {
      media.muted = true;
      return media.play();
    });
    await until('its end', async () => (await video.evaluate((media: Media) => media.currentTime)) > 1.8);
    const box = await choice.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).to.be.within(1, 304);
    expect(complaints).to.deep.equal([]);
    await context.close();
  });

  it('a title says its language, to who has the page read out', async () => {
    const { system } = started();
    for (const [language, heading] of [
      ['ar', '<h1 dir="rtl" lang="ar">عنوان</h1>'],
      [null, '<h1 dir="auto">عنوان</h1>'],
    ] as const) {
      const videoId = await videoIn('ready', system, { title: 'عنوان', language });
      const page = await fetch(`${system.url}/watch/${videoId}`);
      expect(await page.text()).to.include(heading);
    }
  });

  it('without scripts there is no player that could not play, but a word of why', async () => {
    const { browser, system } = started();
    const videoId = await videoIn('ready', system, { title: 'For all' });
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${system.url}/watch/${videoId}`);
    expect(await page.innerText('main')).to.equal('For all\n\nThis page needs JavaScript to play the video.');
    expect(await page.locator('video').isVisible()).to.equal(false);
    await screenshot(page, 'watch-without-scripts');
    await context.close();
  });

  it('the queues are there for an administrator, and for nobody else', async () => {
    const { browser, system } = started();
    const visit = async (login?: 'demo' | 'admin') => {
      const context = await browser.newContext();
      const pair = login ? await system.cookie(login) : '';
      const [name = '', value = ''] = pair.split('=');
      if (login)
        await context.addCookies([{ name, value, url: system.url, httpOnly: true, sameSite: 'Lax' }]);
      const watched = await watch(context);
      const response = await watched.page.goto(`${system.url}/admin/queues`);
      return { ...watched, context, status: response?.status() };
    };

    const { page, complaints, origins, context, status } = await visit('admin');
    expect(status).to.equal(200);
    for (const { name } of system.context.queues.all) {
      await page
        .getByRole('link', { name: new RegExp(name) })
        .first()
        .waitFor({ timeout: 5000 });
    }
    await screenshot(page, 'queues');
    expect(complaints).to.deep.equal([]);
    expect([...origins]).to.deep.equal([new URL(system.url).origin]);
    await context.close();

    for (const [login, expected] of [
      ['demo', 403],
      [undefined, 401],
    ] as const) {
      const refused = await visit(login);
      expect(refused.status).to.equal(expected);
      expect(await refused.page.innerText('body')).not.to.include('encode');
      await refused.context.close();
    }
  });
});
