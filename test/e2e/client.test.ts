import { join } from 'node:path';
import { expect } from 'chai';
import { build } from 'esbuild';
import { useBrowser, watch } from '../support/browser.ts';

const entry = join(import.meta.dirname, '..', '..', 'shared', 'client', 'index.ts');

describe('in a browser', () => {
  const started = useBrowser();

  it('the typed client signs in by the cookie, uploads a file and reads problems, with no server in it', async () => {
    const { browser, system } = started();
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format: 'iife',
      globalName: 'millrace',
      platform: 'browser',
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => !path.includes('shared/client/'))).to.deep.equal([]);
    const context = await browser.newContext();
    const [name = '', value = ''] = (await system.cookie('demo')).split('=');
    await context.addCookies([{ name, value, url: system.url, httpOnly: true, sameSite: 'Lax' }]);
    const { page, complaints } = await watch(context);
    await page.goto(`${system.url}/healthz`);
    await page.evaluate(`${outputFiles[0]?.text}; window.millrace = millrace;`);
    const seen = await page.evaluate<{ name: string; state: string; refused: string }>(`(async () => {
      const client = millrace.createClient({ url: location.origin });
      const { displayName } = await client.getAuthMe();
      const bytes = new Blob([new Uint8Array(1000)], { type: 'video/mp4' });
      const body = { filename: 'a.mp4', size: bytes.size, type: 'video/mp4' };
      const ticket = await client.postUploads({ body });
      await millrace.sendBlob(ticket, bytes);
      const { state } = await client.postUploadsByUploadIdComplete({ uploadId: ticket.uploadId });
      const refused = await client.postUploads({ body: { ...body, size: -1 } }).catch((error) => error);
      return { name: displayName, state, refused: refused instanceof millrace.ProblemError && refused.code };
    })()`);
    expect(seen).to.deep.equal({ name: 'Demo Creator', state: 'completed', refused: 'invalid_request' });
    // The browser itself notes the reply that refuses.
    expect(complaints.filter((text) => !/ 400 |favicon/.test(text))).to.deep.equal([]);
    await context.close();
  });
});
