import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { isSettled } from '../../scripts/client.ts';
import { signIn } from '../../scripts/sign-in.ts';
import { listenToPlayer, screenshot, useBrowser, watch } from '../support/browser.ts';
import { clip, twoSoundsClip } from '../support/clips.ts';
import { until } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

/** What the tests read of an HTMLVideoElement; the functions that do run in the browser. */
type Track = { kind: string; label: string; mode: string; cues: ArrayLike<{ text?: string }> | null };
type Media = {
  currentTime: number;
  playbackRate: number;
  paused: boolean;
  textTracks: ArrayLike<Track>;
  play(): Promise<void>;
};

const look = ({ currentTime, playbackRate, paused, textTracks }: Media) => {
  const captions = Array.from(textTracks).filter(
    ({ kind, mode }) => kind === 'subtitles' && mode === 'showing',
  );
  return { currentTime, playbackRate, paused, captions: captions[0]?.cues?.length };
};
const showCaptions = ({ textTracks }: Media) => {
  const track = Array.from(textTracks).find(({ kind }) => kind === 'subtitles');
  if (track) track.mode = 'showing';
  return Boolean(track);
};
/** Where the controls find the first of the small pictures. */
const firstTile = ({ textTracks }: Media) =>
  Array.from(textTracks).find(({ label }) => label === 'thumbnails')?.cues?.[0]?.text;
const captions = 'WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:10.000 --> 00:11.000\nTwo\n';

/** What plays is not all loaded at once. */
const smallBuffer = `Object.defineProperty(window, 'Hls', {
  set(Hls) {
    this.usual = Hls;
    Object.assign(Hls.DefaultConfig, { maxBufferLength: 3, maxMaxBufferLength: 3 });
  },
  get() { return this.usual; },
});`;

/** What happens twice a minute happens every second. */
const hurry = `const usual = setInterval;
window.setInterval = (run, milliseconds) => usual(run, milliseconds < 10_000 ? milliseconds : milliseconds / 30);`;

const hasPlayer = (page: Page) => page.evaluate<boolean>('Boolean(window.hls?.levels.length)');
const stateOf = (page: Page) => page.locator('#state').innerText();

describe('the watch page, where something fails,', () => {
  const started = useBrowser(() => ({ PLAYBACK_URL_TTL_SECONDS: '4' }));

  async function readyVideo(path: string): Promise<string> {
    const { system } = started();
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(path);
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    return videoId;
  }

  async function change(url: string, cookie: string, what: object): Promise<void> {
    const { headers } = await fetch(url, { headers: { Cookie: cookie } });
    const changed = await fetch(url, {
      method: 'PATCH',
      headers: { Cookie: cookie, 'Content-Type': 'application/json', 'If-Match': headers.get('etag') ?? '' },
      body: JSON.stringify(what),
    });
    expect(changed.status).to.equal(200);
  }

  before(() => started().system.startWorker());

  it('asks again for what it was not told, and not for what it was refused', async () => {
    const { browser, system } = started();
    const videoId = await readyVideo(await clip(2));
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

  it('goes on where it was once a network was away and the addresses have expired', async function () {
    this.timeout(180_000);
    const { browser, system } = started();
    const videoId = await readyVideo(await twoSoundsClip(30));
    const headers = { Cookie: await system.cookie('demo'), 'Content-Type': 'text/vtt' };
    const path = `${system.url}/api/videos/${videoId}/captions/en`;
    expect((await fetch(path, { method: 'PUT', headers, body: captions })).status).to.equal(201);
    const context = await browser.newContext();
    const { page, complaints } = await watch(context);
    await page.addInitScript(smallBuffer);
    await page.addInitScript(listenToPlayer);
    const segments: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('.m4s')) segments.push(request.url());
    });
    await page.goto(`${system.url}/watch/${videoId}`);
    const video = page.locator('video');
    const seen = () => video.evaluate(look);
    await until('captions to choose', () => video.evaluate(showCaptions));
    await page.getByLabel('Sound').selectOption('1');
    await video.evaluate((media: Media) => {
      Object.assign(media, { muted: true, currentTime: 4, playbackRate: 0.5 });
      return media.play();
    });
    await until('picture', async () => (await seen()).currentTime > 4.2);
    const tileBefore = await until('small pictures', () => video.evaluate(firstTile));

    await page.route(/\.m4s/, (route) => route.abort());
    const stopped = 'The video does not come; trying again';
    await until('the end of the buffer', async () => (await stateOf(page)) === stopped, 40);
    const at = await until('standstill', async () => {
      const before = (await seen()).currentTime;
      await sleep(500);
      return (await seen()).currentTime === before && before;
    });
    expect(at).to.be.greaterThan(6);
    await until('expired addresses', async () => (await fetch(segments[0] ?? '')).status === 403);
    await page.unroute(/\.m4s/);
    // The longer it was away, the later the page asks again: after 16 s, and seven of the player's own.
    const isBack = async () => (await seen()).currentTime > at + 1;
    await until('picture again', isBack, 60).catch(async (error: Error) => {
      const told = [await stateOf(page), JSON.stringify(await seen()), ...complaints.slice(-10)];
      throw new Error(`${error.message} ${told.join('\n')}`);
    });
    expect(await seen()).to.include({ paused: false, playbackRate: 0.5 });
    expect((await seen()).currentTime).to.be.lessThan(at + 3);
    await until('the captions again', async () => (await seen()).captions === 2);
    expect(await page.evaluate('window.hls.audioTrack')).to.equal(1);
    expect(await page.getByLabel('Sound').inputValue()).to.equal('1');
    expect(await stateOf(page)).to.equal('Ready');
    await until('other addresses of small pictures', async () => {
      const tile = await video.evaluate(firstTile);
      return tile !== undefined && tile !== tileBefore;
    });

    const detail = 'Moderators have taken the video down.';
    await page.route(/\.m4s/, (route) => route.abort());
    await page.route(`${system.url}/api/videos/${videoId}/playback`, (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', json: { detail } }),
    );
    await video.evaluate((media: Media) => {
      media.currentTime = 1;
    });
    await until('the refusal', async () => (await stateOf(page)) === detail, 40);
    expect((await seen()).currentTime).to.equal(0);
    await context.close();
  });

  it('leads who is not signed in any more to the sign-in, and back to the same second', async () => {
    const { browser, system } = started();
    const videoId = await readyVideo(await clip(15));
    const cookie = await system.cookie('demo');
    const api = `${system.url}/api/videos/${videoId}`;
    await change(api, cookie, { visibility: 'private' });
    const context = await browser.newContext();
    const [name = '', value = ''] = cookie.split('=', 2);
    const session = [{ name, value, url: system.url }];
    await context.addCookies(session);
    const { page } = await watch(context);
    await page.addInitScript(smallBuffer);
    await page.goto(`${system.url}/watch/${videoId}`);
    const video = page.locator('video');
    const time = () => video.evaluate(({ currentTime }: Media) => currentTime);
    await until('player on the page', () => hasPlayer(page));
    await video.evaluate((media: Media) => {
      // Slowly: where much else is under way it would be at its end before it is refused.
      Object.assign(media, { muted: true, currentTime: 6, playbackRate: 0.5 });
      return media.play();
    });
    await until('picture', async () => (await time()) > 6.2);
    await context.clearCookies();
    await page.route(/\.m4s/, (route) => route.abort());
    const link = page.locator('#state a');
    await link.waitFor();
    expect(await stateOf(page)).to.equal('There is no such video. Sign in');
    expect(await page.locator('h1').isVisible()).to.equal(false);
    expect(await page.title()).to.equal('There is no such video.');
    expect(await page.locator('media-controller').count(), 'a player of nothing').to.equal(0);
    await screenshot(page, 'watch-signed-out');
    const { pathname, searchParams } = new URL((await link.getAttribute('href')) ?? '', system.url);
    expect(pathname).to.equal('/api/auth/login');
    const returnTo = searchParams.get('returnTo') ?? '';
    expect(returnTo).to.match(new RegExp(`^/watch/${videoId}#t=\\d+$`));
    expect(Number(returnTo.split('=')[1])).to.be.within(6, 14);

    await context.addCookies(session);
    const again = await watch(context);
    await again.page.goto(system.url + returnTo);
    await until('player on the page', () => hasPlayer(again.page));
    const begun = await again.page.locator('video').evaluate(({ currentTime }: Media) => currentTime);
    expect(begun).to.be.closeTo(Number(returnTo.split('=')[1]), 0.5);
    await context.close();
  });

  it('says to who is not signed in any more that the work is not theirs to see, and asks no more', async () => {
    const { browser, system } = started();
    const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
    const me = await fetch(`${system.url}/api/auth/me`, { headers: { Cookie: cookie } });
    const { userId: ownerId } = (await me.json()) as { userId: string };
    const videoId = await videoIn('encoding', system, { ownerId, visibility: 'private' });
    const context = await browser.newContext();
    const [name = '', value = ''] = cookie.split('=', 2);
    await context.addCookies([{ name, value, url: system.url }]);
    const { page } = await watch(context);
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('progress', async () => (await stateOf(page)).startsWith('Encoding'));
    const items = ['one', 'two'].map((name) => ({ name, title: name.toUpperCase() }));
    await page.route(`${system.url}/api/auth/providers`, (route) => route.fulfill({ json: { items } }));
    await fetch(`${system.url}/api/auth/logout`, { method: 'POST', headers: { Cookie: cookie } });
    const told = 'There is no such video. Sign in with ONE Sign in with TWO';
    await until('the end', async () => (await stateOf(page)) === told);
    expect(await page.locator('#state a').last().getAttribute('href')).to.equal(
      `/api/auth/login?provider=two&returnTo=${encodeURIComponent(`/watch/${videoId}#t=0`)}`,
    );
    await context.close();
  });

  it('does not show on the way back what was left before a sign-out', async () => {
    const { browser, system } = started();
    const videoId = await readyVideo(await clip(2));
    // Of its own, as it ends.
    const cookie = await signIn(system.url, { login: 'demo', password: 'demo' });
    await change(`${system.url}/api/videos/${videoId}`, cookie, { visibility: 'private', title: 'Mine' });
    const context = await browser.newContext();
    const [name = '', value = ''] = cookie.split('=', 2);
    await context.addCookies([{ name, value, url: system.url }]);
    const { page } = await watch(context);
    await page.addInitScript(
      `addEventListener('pageshow', ({ persisted }) => persisted && console.log('kept'))`,
    );
    let kept = 0;
    page.on('console', (message) => {
      if (message.text() === 'kept') kept++;
    });
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('player on the page', () => hasPlayer(page));
    const heading = () => page.locator('h1').innerText();
    const leaveAndReturn = async (meanwhile: string) => {
      await page.goto(`${system.url}/account/nothing`);
      await page.evaluate(meanwhile);
      await page.evaluate('void setTimeout(() => history.back())');
      await page.waitForURL(/watch/, { waitUntil: 'commit' });
    };
    await leaveAndReturn('1');
    await until('kept page', async () => kept > 0);
    expect(await heading()).to.equal('Mine');
    kept = 0;
    await leaveAndReturn(`fetch('/api/auth/logout', { method: 'POST' })`);
    await until('end of the page', async () => (await heading().catch(() => '')) === 'Nothing is here');
    expect(kept).to.be.greaterThan(0);
    await context.close();
  });

  it('lets the video be gone when it is', async () => {
    const { browser, system } = started();
    const encodeQueue = system.context.queues.all.find(({ name }) => name === 'encode');
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip(15));
    await client.follow(videoId, ({ playable }) => playable);
    await encodeQueue?.pause();
    const context = await browser.newContext();
    const { page } = await watch(context);
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('player on the page', () => hasPlayer(page));
    await page.locator('media-fullscreen-button').click();
    const isFull = () => page.evaluate<boolean>('document.fullscreenElement !== null');
    await until('full screen', isFull);
    await client.removeVideo(videoId);
    await until('the end of the player', () => page.evaluate<boolean>('window.hls.media === null'));
    expect(await stateOf(page)).to.equal('The video is gone');
    expect(await isFull(), 'a full screen of nothing').to.equal(false);
    expect(await page.locator('media-controller').count(), 'a player of nothing').to.equal(0);
    await encodeQueue?.resume();
    await context.close();
  });

  // The last one: from here on nobody is left.
  it('stops where an account is suspended: the viewer’s, or the owner’s', async () => {
    const { browser, system } = started();
    const videoId = await readyVideo(await clip(15));
    const admin = await system.cookie('admin');
    async function suspend(cookie: string): Promise<void> {
      const me = await fetch(`${system.url}/api/auth/me`, { headers: { Cookie: cookie } });
      const { userId } = (await me.json()) as { userId: string };
      await change(`${system.url}/api/users/${userId}`, admin, { status: 'suspended' });
    }
    const viewer = await system.cookie('viewer');
    const owner = await system.cookie('demo');
    const [name = '', value = ''] = viewer.split('=', 2);
    const [signedIn, anonymous] = [await browser.newContext(), await browser.newContext()];
    await signedIn.addCookies([{ name, value, url: system.url }]);
    const pages = await Promise.all(
      [signedIn, anonymous].map(async (context) => {
        const { page } = await watch(context);
        await page.addInitScript(hurry);
        await page.goto(`${system.url}/watch/${videoId}`);
        await until('player on the page', () => hasPlayer(page));
        const video = page.locator('video');
        await video.evaluate((media: Media) => {
          Object.assign(media, { muted: true, playbackRate: 0.1 });
          return media.play();
        });
        const time = () => video.evaluate(({ currentTime }: Media) => currentTime);
        return { page, time };
      }),
    );
    const [first, second] = pages;
    if (!first || !second) throw new Error('No pages');
    await until('both pictures', async () => (await first.time()) > 0.2 && (await second.time()) > 0.2);

    await suspend(viewer);
    const told = 'This account is suspended. Ask whoever runs this site.';
    await until('the end for the viewer', async () => (await stateOf(first.page)) === told);
    await screenshot(first.page, 'watch-suspended');
    expect(await first.page.evaluate('window.hls.media === null')).to.equal(true);
    expect(await first.time()).to.equal(0);
    expect(await second.time()).to.be.greaterThan(0.2);

    await suspend(owner);
    await until('the end for the other', async () =>
      (await stateOf(second.page)).startsWith('There is no such video.'),
    );
    expect(await second.page.locator('video').count()).to.equal(0);
    await Promise.all([signedIn.close(), anonymous.close()]);
  });
});
