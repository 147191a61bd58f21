import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { listenToPlayer, screenshot, useBrowser, watch } from '../support/browser.ts';
import { clip } from '../support/clips.ts';
import { importedVideo } from '../support/imported.ts';
import { until } from '../support/system.ts';

type Media = { muted: boolean; currentTime: number; videoWidth: number; play(): Promise<void> };

/** Another site, with one folder of media. */
async function otherSite(folder: string, headers: Record<string, string>) {
  const server: Server = createServer((request, response) => {
    readFile(join(folder, basename(new URL(request.url ?? '', 'http://x').pathname))).then(
      (bytes) => response.writeHead(200, headers).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('an imported video, in a browser,', () => {
  const started = useBrowser();
  let folder: string;
  let open: Awaited<ReturnType<typeof otherSite>>;
  let closed: Awaited<ReturnType<typeof otherSite>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-outside-'));
    const words = ['-v', 'error', '-i', await clip(2), '-c', 'copy'];
    const ffmpeg = promisify(execFile);
    await ffmpeg('ffmpeg', [...words, '-movflags', '+faststart', join(folder, 'film.mp4')]);
    await ffmpeg('ffmpeg', [...words, '-f', 'hls', '-hls_list_size', '0', join(folder, 'film.m3u8')]);
    open = await otherSite(folder, { 'Access-Control-Allow-Origin': '*' });
    closed = await otherSite(folder, {});
  });
  after(async () => {
    for (const { server } of [open, closed]) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function visit(playUrl: string) {
    const { browser, system } = started();
    const somebody = { displayName: 'X', email: null, emailVerified: false, roles: ['creator' as const] };
    const { _id } = await system.context.db.users.signedIn({ issuer: 'x', subject: 'x', ...somebody });
    const videoId = await importedVideo(system, _id, { id: playUrl, playUrl });
    const context = await browser.newContext();
    const watched = await watch(context);
    await watched.page.addInitScript(listenToPlayer);
    await watched.page.goto(`${system.url}/watch/${videoId}`);
    return { context, ...watched };
  }

  for (const [what, site, file] of [
    ['plays one file, of a site that lets nobody read it', () => closed, 'film.mp4'],
    ['plays HLS, of a site that lets our page read it', () => open, 'film.m3u8'],
  ] as const) {
    it(what, async () => {
      const playUrl = `${site().url}/${file}`;
      const { context, page, complaints, origins } = await visit(playUrl);
      const video = page.locator('video');
      await until('a picture', () => video.evaluate((media: Media) => media.videoWidth > 0));
      await video.evaluate((media: Media) => {
        media.muted = true;
        return media.play();
      });
      await until('a second of it', () => video.evaluate((media: Media) => media.currentTime > 1));
      expect(await page.locator('#state').innerText()).to.equal('Ready');
      const link = page.locator('#outside');
      expect(await link.getAttribute('href')).to.equal(playUrl);
      expect(await link.innerText()).to.equal(`Open it at ${new URL(playUrl).host}`);
      await screenshot(page, `outside-${file}`);
      expect([...origins]).to.have.members([new URL(started().system.url).origin, site().url]);
      expect(complaints).to.deep.equal([]);
      await context.close();
    });
  }

  it('says so where the other site does not allow it', async () => {
    const { context, page } = await visit(`${closed.url}/film.m3u8`);
    await until('word of it', async () =>
      /^The video does not come/.test(await page.locator('#state').innerText()),
    );
    expect(await page.locator('#outside').isVisible()).to.equal(true);
    await context.close();
    const missing = await visit(`${open.url}/none.mp4`);
    await until('word of it', async () =>
      /^The player stopped/.test(await missing.page.locator('#state').innerText()),
    );
    await missing.context.close();
  });
});
