import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isSettled } from '../../scripts/client.ts';
import type { Sprites } from '../../shared/contracts/images.ts';
import { generationPrefix, sheetKey } from '../../shared/keys.ts';
import { clip, clipFolder } from '../support/clips.ts';
import { pictureFacts } from '../support/pixels.ts';
import { refusal } from '../support/refusal.ts';
import { uploadWithStoryboard } from '../support/storyboards.ts';
import { type System, startSystem } from '../support/system.ts';

type Reply = Omit<Sprites, 'generation' | 'sheets'> & {
  sheets: (Sprites['sheets'][number] & { url: string })[];
};

describe('the storyboard', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  it('joins what the chunks made into a sprite, and gives its tiles as JSON and WebVTT', async () => {
    const client = await system.client('demo');
    const path = await clip(15, '160x90', '30000/1001');
    const { videoId, storyboard } = await uploadWithStoryboard(system, client, path);
    const video = await client.follow(videoId, isSettled);
    expect(video.warnings).to.deep.equal([]);
    expect(video.state).to.equal('ready');
    expect(storyboard.frames).to.have.length(15);

    const board = await client.call<Reply>('GET', `/api/videos/${videoId}/storyboard`);
    const [{ url, ...sheet } = { url: '' }] = board.sheets;
    expect({ ...board, sheets: [sheet] }).to.deep.equal({
      tileWidth: 160,
      tileHeight: 90,
      intervalSeconds: 1.001,
      sheets: [{ columns: 10, rows: 2, tiles: 15 }],
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).to.equal('image/jpeg');
    const file = join(await clipFolder(), 'sprite');
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
    expect(await pictureFacts(file)).to.equal('mjpeg 1600x180');

    const answer = await fetch(video.storyboardUrl ?? '');
    expect(answer.headers.get('content-type')).to.match(/^text\/vtt/);
    const vtt = await answer.text();
    const cues = [...vtt.matchAll(/^(\S+) --> (\S+)\n(\S+)#xywh=(\S+)$/gm)].map((cue) => cue.slice(1));
    expect(cues).to.have.length(15);
    expect(cues[12]?.[0]).to.equal('00:00:12.012');
    expect(cues[12]?.[3]).to.equal('320,90,160,90');
    expect(cues.at(-1)?.[1]).to.equal('00:00:15.015');
    const expected = new URL(url);
    for (const [, , address = ''] of cues) {
      expect(new URL(address).pathname).to.equal(expected.pathname);
      expect((await fetch(address, { method: 'GET' })).status).to.equal(200);
    }

    const stored = await system.context.storage.list('thumbnails', `${generationPrefix(videoId, 1)}`);
    const names = stored.map(({ key }) => key.slice(generationPrefix(videoId, 1).length));
    expect(names.filter((name) => /^(tiles|storyboard)/.test(name)).sort()).to.deep.equal([
      'storyboard-0.jpg',
      'storyboard.vtt',
    ]);
  });

  it('that misses a tile costs a warning, and not the video', async () => {
    const client = await system.client('demo');
    const path = await clip(15, '160x90');
    const { videoId } = await uploadWithStoryboard(system, client, path, {}, async ([, second]) => {
      await system.context.storage.remove('thumbnails', second ?? '');
    });
    const video = await client.follow(videoId, isSettled);
    expect(video.state).to.equal('ready');
    expect(video.warnings.map(({ code }) => code)).to.deep.equal(['storyboard_missing']);
    expect(video.warnings[0]?.message).to.match(/^[A-Z].*\.$/);
    expect(video.storyboardUrl).to.equal(null);
    expect(await system.context.storage.head('thumbnails', sheetKey(videoId, 1, 0))).to.equal(undefined);
    for (const path of ['storyboard', 'storyboard.vtt']) {
      expect(await refusal(client.call('GET', `/api/videos/${videoId}/${path}`))).to.include({ status: 404 });
    }
  });
});
