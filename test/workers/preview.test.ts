import { expect } from 'chai';
import { createContext } from '../../shared/context.ts';
import { MillraceError } from '../../shared/errors.ts';
import { giveUpImages, images } from '../../workers/steps/images.ts';
import { openTools, type Tools } from '../../workers/tools.ts';
import { clip } from '../support/clips.ts';
import { type System, startSystem, until } from '../support/system.ts';

describe('a preview that the store does not take', function () {
  this.timeout(60_000);
  let system: System;
  let tools: Tools;
  let attempt: { videoId: string; generation: number };

  beforeEach(async () => {
    system = await startSystem({ WORKER_QUEUES: 'probe' });
    tools = await openTools(await createContext(system.config, 'worker'));
    await system.startWorker();
    const { videoId } = await (await system.client('demo')).uploadFile(await clip());
    attempt = { videoId, generation: 1 };
    await until('plan', async () => (await video())?.state === 'encoding');
  });
  afterEach(async () => {
    await tools.close();
    await system.stop();
  });

  const video = () => tools.db.videos.find(attempt.videoId);
  const signal = new AbortController().signal;
  const make = (error?: Error) => {
    const put: Tools['storage']['put'] = async (bucket, key, ...words) => {
      if (error && key.endsWith('preview.webp')) throw error;
      return tools.storage.put(bucket, key, ...words);
    };
    const given = { ...tools, storage: { ...tools.storage, put } };
    return images(attempt, { tools: given, log: tools.log, signal });
  };
  const made = async () => {
    const parts = await tools.db.parts.of(attempt);
    const poster = await tools.db.posters.last(attempt.videoId);
    const of = parts.map(({ step, failure }) => [step, failure?.code ?? null]);
    return { parts: of, previews: (await video())?.previews ?? [], poster: [poster?.version, poster?.state] };
  };

  it('is made later when the store is away, and the poster is the same', async () => {
    const away = Object.assign(new Error('none'), { name: 'TimeoutError', $metadata: {} });
    expect(await make(away).catch((error) => error)).to.equal(away);
    expect(await made()).to.deep.equal({ parts: [], previews: [], poster: [1, 'ready'] });
    await make();
    expect(await made()).to.deep.equal({ parts: [['images', null]], previews: [1], poster: [1, 'ready'] });
  });

  it('costs no warning of the poster when the store stays away', async () => {
    const away = new MillraceError('unavailable', 'The store of files does not answer.');
    expect(await make(away).catch((error) => error)).to.equal(away);
    await giveUpImages(attempt, away, tools);
    expect(await made()).to.deep.equal({ parts: [['images', null]], previews: [], poster: [1, 'ready'] });
  });

  it('is done without for any other reason', async () => {
    await make(new Error('none'));
    expect(await made()).to.deep.equal({ parts: [['images', null]], previews: [], poster: [1, 'ready'] });
  });
});
