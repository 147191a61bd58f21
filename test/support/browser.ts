import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { skip } from './skip.ts';
import { type System, startSystem } from './system.ts';

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and everything that it did which a person would not see. */
export type Watched = { page: Page; complaints: string[]; origins: Set<string> };

function findBrowser(): string | undefined {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export async function watch(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.text().startsWith('hls:'))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:') origins.add(origin);
  });
  return { page, complaints, origins };
}

/** Listens to the player from its first moment: the page shows it as `window.hls` once it is made. */
export const listenToPlayer = `Object.defineProperty(window, 'hls', {
  set(hls) {
    this.player = hls;
    hls.on('hlsError', (_, { type, details }) => {
      console.log('hls: ' + type + ' ' + details + ' at ' + hls.media?.currentTime + ' s');
    });
  },
  get() { return this.player; },
});`;

export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

/**
 * A real Chromium and a system for the suite that calls it, which is skipped without a Chromium. The system encodes
 * one chunk at a time, so that there is time to watch while others wait. More settings are asked for once it starts.
 */
export function useBrowser(
  settings: () => Record<string, string> = () => ({}),
): () => { browser: Browser; system: System } {
  let browser: Browser | undefined;
  let system: System | undefined;
  before(async function () {
    browser = await launchBrowser(this);
    system = await startSystem({
      WORKER_QUEUES: 'probe,encode,audio,captions,images,publish',
      ...settings(),
    });
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });
  return () => {
    if (!browser || !system) throw new Error('the browser did not start');
    return { browser, system };
  };
}

async function launchBrowser(context: Mocha.Context): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) skip(context, 'there is no Chromium; set CHROMIUM_PATH');
  // As people have it: on the way back the browser shows a page as it was left.
  const ignoreDefaultArgs = ['--disable-back-forward-cache'];
  return chromium.launch({ executablePath, args: launchArguments, ignoreDefaultArgs });
}
