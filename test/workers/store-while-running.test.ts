import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { RenditionPart } from '../../shared/contracts/encoding.ts';
import { segmentKey } from '../../shared/keys.ts';
import type { FragmentedFile } from '../../workers/media/fragments.ts';
import { storeRendition } from '../../workers/store-rendition.ts';
import { storeWhileRunning } from '../../workers/store-while-running.ts';
import type { Tools } from '../../workers/tools.ts';
import { h264, moving } from '../support/media.ts';
import { readFragmentedFile } from '../support/read-fragments.ts';
import { type System, startSystem, until } from '../support/system.ts';

const run = promisify(execFile);

describe('what ffmpeg writes', () => {
  let system: System;
  let folder: string;
  let clip: Buffer;
  let whole: FragmentedFile;
  let feed: WriteStream;
  const path = (name: string) => join(folder, name);

  before(async () => {
    system = await startSystem();
    folder = mkdtempSync(join(tmpdir(), 'millrace-store-'));
    const movflags = '+cmaf+delay_moov+default_base_moof+skip_trailer+frag_keyframe';
    const words = [...moving('25', 6), ...h264(25), '-movflags', movflags, path('clip.mp4')];
    await run('ffmpeg', ['-nostdin', '-v', 'error', ...words]);
    clip = await readFile(path('clip.mp4'));
    whole = await readFragmentedFile(path('clip.mp4'));
    await run('mkfifo', [path('feed')]);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await system.stop();
  });
  afterEach(() => feed.destroy());

  /** Where fragment n begins. */
  const at = (n: number) => whole.fragments[n]?.offset ?? clip.length;
  const keyOf = (n: number) => segmentKey('of-a-test', 1, '90p', n);

  /** Stores a file of three segments, each of two fragments; what writes it is `words`, which read the feed. */
  async function begin(
    words: string,
    storage: Pick<Tools['storage'], 'putFileRange'>,
    beside = Promise.resolve(),
  ) {
    const launcher = path('ffmpeg.sh');
    // fluent-ffmpeg first asks what there is.
    const orElse = 'for made; do :; done; case "$made" in *.mp4) ;; *) exec ffmpeg "$@";; esac';
    await writeFile(launcher, `#!/bin/sh\n${orElse}\n${words}\n`);
    await chmod(launcher, 0o700);
    rmSync(path('made.mp4'), { force: true });
    const encoded = {
      ...{ name: '90p', path: path('made.mp4'), firstNumber: 4, starts: [0, 50, 100] },
      ...{ withKeyFrames: true, withInit: false, lookMilliseconds: 50 },
    };
    const made = storeWhileRunning<[RenditionPart, unknown]>(
      { launcher: async () => launcher, canNice: false },
      { input: { path: path('clip.mp4'), options: [] }, outputs: [{ path: encoded.path, options: [] }] },
      { signal: new AbortController().signal },
      (running) => [
        storeRendition({ storage } as Tools, { _id: 'of-a-test', generation: 1 }, encoded, running),
        beside,
      ],
    ).then(([part]) => part);
    made.catch(() => {});
    feed = createWriteStream(path('feed'));
    const broken = once(feed, 'error').catch(() => []);
    return { made, broken };
  }
  const copyFeed = () => `cat ${path('feed')} > "$made"`;

  it('is stored while it still writes, each segment when it is whole', async () => {
    const { storage } = system.context;
    const { made } = await begin(copyFeed(), storage);
    const stored = (n: number) => storage.head('processed', keyOf(n));
    // The second segment lacks its second fragment.
    feed.write(clip.subarray(0, at(3)));
    expect((await until('first segment', () => stored(4))).bytes).to.equal(at(2) - at(0));
    expect(await stored(5)).to.equal(undefined);
    feed.end(clip.subarray(at(3)));
    const { frames, segments } = await made;
    expect(frames).to.equal(150);
    expect(segments.map(({ n, bytes }) => [n, bytes])).to.deep.equal([
      [4, at(2) - at(0)],
      [5, at(4) - at(2)],
      [6, at(6) - at(4)],
    ]);
    for (const { n, bytes } of segments) expect((await stored(n))?.bytes).to.equal(bytes);
  });

  it('is no rendition when ffmpeg fails, which says what is wrong', async () => {
    const say = "echo 'Invalid data found when processing input' >&2";
    const { storage } = system.context;
    const { made } = await begin(`${copyFeed()}; ${say}; exit 1`, storage);
    feed.end(clip);
    const error = await made.catch((thrown) => thrown);
    expect(error).to.include({ code: 'undecodable' });
  });

  it('is written no more once it cannot be stored', async () => {
    const putFileRange = async () => {
      throw new Error('no room');
    };
    const { made, broken } = await begin(`exec ${copyFeed()}`, { putFileRange });
    feed.write(clip.subarray(0, at(3)));
    const error = await made.catch((thrown) => thrown);
    expect(error.message).to.equal('no room');
    feed.write(clip.subarray(at(3)));
    expect((await broken)[0]).to.include({ code: 'EPIPE' });
  });

  it('is not given up before all that was begun beside it has ended', async () => {
    const putFileRange = async () => {
      throw new Error('no room');
    };
    const beside = new EventEmitter();
    let isGivenUp = false;
    const ended = once(beside, 'end').then(() => {});
    const { made } = await begin(`exec ${copyFeed()}`, { putFileRange }, ended);
    const givenUp = made.catch(() => {
      isGivenUp = true;
    });
    feed.end(clip);
    // ffmpeg has ended long before.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(isGivenUp).to.equal(false);
    beside.emit('end');
    await givenUp;
    expect(isGivenUp).to.equal(true);
  });
});
