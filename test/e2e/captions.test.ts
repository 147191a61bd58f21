import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import { listenToPlayer, screenshot, useBrowser, watch } from '../support/browser.ts';
import { clip } from '../support/clips.ts';
import { until } from '../support/system.ts';

/** What the tests read of an HTMLVideoElement; the functions that do run in the browser. */
type Cue = { startTime: number; endTime: number; text: string };
type Track = {
  kind: string;
  label: string;
  language: string;
  mode: string;
  cues: ArrayLike<Cue> | null;
  activeCues: ArrayLike<Cue> | null;
};
type Media = {
  muted: boolean;
  currentTime: number;
  textTracks: ArrayLike<Track>;
  play(): Promise<void>;
  pause(): void;
};

type Box = { getBoundingClientRect(): { width: number } };
const widths = (boxes: Box[]) => boxes.map((box) => box.getBoundingClientRect().width);

const english =
  'WEBVTT\n\n00:01.000 --> 00:03.500\nThe <i>first</i>\n\n00:10.000 --> 00:11.000\nThe second\n';
const german = '1\n00:00:01,000 --> 00:00:03,500\nDas Erste\n';

describe('captions in a browser', () => {
  const started = useBrowser();

  it('are offered by the page and shown at their time, while the video is encoding and when it is ready', async () => {
    const { browser, system } = started();
    const { url } = system;
    const [encodeQueue, publishQueue] = ['encode', 'publish'].map((name) =>
      system.context.queues.all.find((queue) => queue.name === name),
    );
    const client = await system.client('demo');
    const Cookie = await system.cookie('demo');
    const { videoId } = await client.uploadFile(await clip(15));
    for (const [language, type, body] of [
      ['en', 'text/vtt', english],
      ['de', 'application/x-subrip', german],
    ] as const) {
      const headers = { Cookie, 'Content-Type': type };
      const path = `${url}/api/videos/${videoId}/captions/${language}`;
      expect((await fetch(path, { method: 'PUT', headers, body })).status).to.equal(201);
    }

    await publishQueue?.pause();
    await system.startWorker();
    await client.follow(videoId, ({ playable }) => playable);
    await encodeQueue?.pause();
    for (const moment of ['encoding', 'ready']) {
      if (moment === 'ready') {
        await encodeQueue?.resume();
        await publishQueue?.resume();
        expect((await client.follow(videoId, isSettled)).error).to.equal(null);
      }
      expect((await client.playback(videoId)).isFinal).to.equal(moment === 'ready');

      const context = await browser.newContext({ locale: 'en-GB' });
      const { page, complaints } = await watch(context);
      await page.addInitScript(listenToPlayer);
      await page.goto(`${url}/watch/${videoId}`);
      const video = page.locator('video');
      const tracks = () =>
        video.evaluate(({ textTracks }: Media) =>
          Array.from(textTracks)
            .filter(({ kind }) => kind === 'subtitles')
            .map(({ label, language, mode, cues }) => ({ label, language, mode, cues: cues?.length ?? 0 })),
        );
      await until('two text tracks', async () => (await tracks()).length === 2);
      expect((await tracks()).map(({ label, language }) => [label, language])).to.deep.equal([
        ['Deutsch', 'de'],
        ['English', 'en'],
      ]);
      expect(
        (await tracks()).map(({ mode }) => mode),
        'nothing is shown unasked',
      ).to.not.include('showing');

      // As a person does: the button opens a menu of languages.
      await video.evaluate((media: Media) => {
        media.muted = true;
      });
      await page.locator('media-captions-menu-button').click();
      await page.locator('media-captions-menu').getByText('English').click();
      await until('English on show', async () =>
        (await tracks()).some(
          ({ language, mode, cues }) => language === 'en' && mode === 'showing' && cues === 2,
        ),
      );
      const cues = await video.evaluate(({ textTracks }: Media) =>
        Array.from(textTracks)
          .filter(({ language }) => language === 'en')
          .flatMap(({ cues }) => Array.from(cues ?? []))
          .map(({ startTime, endTime, text }) => ({ startTime, endTime, text })),
      );
      expect(cues.map(({ text }) => text)).to.deep.equal(['The <i>first</i>', 'The second']);
      for (const [index, seconds] of [1, 10].entries()) {
        expect(cues[index]?.startTime, moment).to.be.closeTo(seconds, 0.001);
      }

      const shown = () =>
        video.evaluate(({ currentTime, textTracks }: Media) => ({
          currentTime,
          texts: Array.from(textTracks)
            .filter(({ kind }) => kind === 'subtitles')
            .flatMap(({ activeCues }) => Array.from(activeCues ?? []).map(({ text }) => text)),
        }));
      await video.evaluate((media: Media) => media.play());
      const seen = await until('cue on show', async () => {
        const now = await shown();
        return now.texts.length > 0 && now;
      });
      expect(seen.texts).to.deep.equal(['The <i>first</i>']);
      expect(seen.currentTime).to.be.within(1, 3.5);
      await screenshot(page, `captions-${moment}`);
      await until('end of the cue', async () => {
        const now = await shown();
        return now.texts.length === 0 && now.currentTime >= 3.5;
      });
      expect(complaints).to.deep.equal([]);
      await context.close();
    }
  });

  it('have a button on phones too, and leave room for the others', async () => {
    const { browser, system } = started();
    const client = await system.client('demo');
    await system.startWorker();
    const { videoId } = await client.uploadFile(await clip(2));
    const headers = { Cookie: await system.cookie('demo'), 'Content-Type': 'text/vtt' };
    const path = `${system.url}/api/videos/${videoId}/captions/en`;
    expect((await fetch(path, { method: 'PUT', headers, body: english })).status).to.equal(201);
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    for (const width of [320, 393]) {
      const context = await browser.newContext({ viewport: { width, height: 700 } });
      const { page } = await watch(context);
      await page.goto(`${system.url}/watch/${videoId}`);
      await page.locator('media-captions-menu-button').waitFor();
      await screenshot(page, `captions-${width}`);
      const player = await page.locator('media-controller').boundingBox();
      const buttons: string[] = [];
      for (const button of await page.locator('media-control-bar > :visible').all()) {
        const name = await button.evaluate(({ localName }: { localName: string }) => localName);
        const box = await button.boundingBox();
        if (!player || !box) throw new Error(`${name} has no box`);
        expect(box.x, `${name} at ${width} px`).to.be.at.least(player.x);
        expect(box.x + box.width, `${name} at ${width} px`).to.be.at.most(player.x + player.width);
        if (!name.endsWith('-button')) continue;
        buttons.push(name);
        const icons = await button.locator('svg').evaluateAll(widths);
        expect(Math.max(...icons), `the icon of ${name} at ${width} px`).to.be.at.least(24);
      }
      expect(buttons).to.include.members([
        'media-play-button',
        'media-mute-button',
        'media-captions-menu-button',
        'media-fullscreen-button',
      ]);
      await context.close();
    }
  });

  it('have no button when there are none', async () => {
    const { browser, system } = started();
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(await clip(2));
    expect((await client.follow(videoId, isSettled)).error).to.equal(null);
    const context = await browser.newContext();
    const { page } = await watch(context);
    await page.goto(`${system.url}/watch/${videoId}`);
    await until('player on the page', () => page.evaluate<boolean>('Boolean(window.hls?.levels.length)'));
    expect(await page.locator('media-play-button').isVisible()).to.equal(true);
    expect(await page.locator('media-captions-menu-button').isVisible()).to.equal(false);
    await context.close();
  });
});
