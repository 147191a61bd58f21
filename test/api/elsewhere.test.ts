import { expect } from 'chai';
import { ask } from '../support/ask.ts';
import { type System, startSystem } from '../support/system.ts';
import { videoIn } from '../support/videos.ts';

type Login = 'demo' | 'viewer' | 'admin';
type Refused = { code: string; detail: string };

const header = 'CF-IPCountry';
const text = '#EXTM3U\n';

/** The same of a video whose regions are GB and IE, in two installations. */
describe('playing in a region', () => {
  let behind: System;
  let alone: System;
  let limited: string;
  let open: string;

  async function makeVideo(system: System, regions: string[]): Promise<string> {
    const { body } = await ask<{ userId: string }>(system, 'GET', '/api/auth/me', { as: 'demo' });
    const videoId = await videoIn('ready', system, { ownerId: body.userId, regions });
    const { playlists, captions } = system.context.db;
    const names = ['master', '240p/index', 'audio/en/index'];
    const made = names.map((name) => ({ name, text, segments: 1, isFinal: true }));
    await playlists.save({ videoId, generation: 1 }, made);
    const spoken = { language: 'en', title: '', source: 'upload' as const, isDefault: false };
    const stored = { key: 'v/x/captions/en.vtt', bytes: 1, cues: 1, createdAt: new Date() };
    await captions.put({ videoId, generation: 1, ...spoken, ...stored });
    return videoId;
  }

  before(async () => {
    [behind, alone] = [await startSystem({ REGION_HEADER: header }), await startSystem()];
    limited = await makeVideo(behind, ['GB', 'IE']);
    open = await makeVideo(behind, []);
  });
  after(async () => {
    await behind?.stop();
    await alone?.stop();
  });

  const hls = (name: string) => `/hls/g1/${name}.m3u8`;
  const playing = ['/playback', ...['master', '240p/index', 'audio/en/index', 'captions/en/index'].map(hls)];

  async function statuses(videoId: string, region?: string, as?: Login, system = behind): Promise<number[]> {
    const found = await Promise.all(
      playing.map((path) =>
        ask(system, 'GET', `/api/videos/${videoId}${path}`, {
          headers: region === undefined ? {} : { [header]: region },
          ...(as ? { as } : {}),
        }),
      ),
    );
    return [...new Set(found.map(({ status }) => status))];
  }

  it('is refused where the CDN says that the viewer is somewhere else, in a region that is served or not', async () => {
    for (const region of ['US', 'JP', 'us']) {
      expect(await statuses(limited, region), region).to.deep.equal([451]);
      expect(await statuses(limited, region, 'viewer'), region).to.deep.equal([451]);
    }
    const { body } = await ask<Refused>(behind, 'GET', `/api/videos/${limited}/playback`, {
      headers: { [header]: 'US' },
    });
    expect(body).to.include({ code: 'not_in_region' });
    expect(body.detail).to.match(/your region \(US\)\.$/);
  });

  it('is for those in its regions, and everywhere where it names none', async () => {
    for (const region of ['GB', 'IE', 'gb'])
      expect(await statuses(limited, region), region).to.deep.equal([200]);
    for (const region of ['GB', 'US']) expect(await statuses(open, region), region).to.deep.equal([200]);
  });

  it('is refused to nobody of whom nothing is known, or who says it themselves', async () => {
    expect(await statuses(limited)).to.deep.equal([200]);
    // As CDNs name the unknown, and Tor.
    for (const region of ['XX', 'T1', 'ZZ', '']) expect(await statuses(limited, region)).to.deep.equal([200]);
    const elsewhere = await makeVideo(alone, ['GB']);
    expect(await statuses(elsewhere, 'US', undefined, alone), 'no header is configured').to.deep.equal([200]);
  });

  it('is for its owner and for overseers anywhere', async () => {
    for (const as of ['demo', 'admin'] as const)
      expect(await statuses(limited, 'US', as)).to.deep.equal([200]);
  });

  it('leaves what is said of a video, and its pictures, to be read', async () => {
    const headers = { [header]: 'US' };
    for (const path of [`/api/videos/${limited}`, `/watch/${limited}`, '/api/videos']) {
      const { status, text } = await ask(behind, 'GET', path, { headers });
      expect([status, text.includes(limited)]).to.deep.equal([200, true]);
    }
    const there = await ask(behind, 'GET', '/api/videos?region=US', { headers });
    expect(there.text).to.include(open).and.not.include(limited);
  });

  it('is told apart by caches, and the refusal kept by none', async () => {
    const read = (region: string) =>
      ask(behind, 'GET', `/api/videos/${limited}/playback`, { headers: { [header]: region } });
    for (const region of ['GB', 'US', 'GB', 'US']) {
      const { status, headers } = await read(region);
      expect(status, region).to.equal(region === 'GB' ? 200 : 451);
      expect(headers.get('cache-control')).to.match(region === 'GB' ? /^private/ : /^no-store$/);
      if (region === 'GB') {
        expect(headers.get('vary')?.toLowerCase())
          .to.include(header.toLowerCase())
          .and.include('x-api-version');
      }
    }
  });
});
