import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { missingTime } from '../../../workers/media/scanned-packets.ts';
import { h264, lookAt, moving, tone, useMedia } from '../../support/media.ts';

describe('packets that are missing', () => {
  const media = useMedia();
  const kinds = {
    mkv: [...h264(25), '-c:a', 'aac'],
    ts: [...h264(25), '-c:a', 'aac'],
    flv: ['-c:v', 'flv', '-c:a', 'libmp3lame', '-ar', '44100'],
    wmv: ['-c:v', 'wmv2', '-c:a', 'wmav2'],
  };

  for (const [kind, words] of Object.entries(kinds)) {
    it(`are found where the file has a hole: ${kind}`, async () => {
      const source = await media.make(`whole.${kind}`, ...moving('25', 12), ...tone(12), ...words);
      expect((await lookAt(source)).packets.missingSeconds).to.equal(0);
      const bytes = await readFile(source);
      const holed = media.path('holed');
      await writeFile(holed, bytes.fill(0, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.6)));
      expect((await lookAt(holed)).packets.missingSeconds).to.be.within(1, 4);
      const { warnings } = await media.planFor(holed);
      expect(warnings.map(({ code }) => code)).to.deep.equal(['damaged_picture']);
    });
  }

  it('are found also where sound behind the hole comes before the picture in front of it', () => {
    const missing = missingTime('mpegts');
    const add = (isOwn: boolean, time: number, start: number) =>
      missing.add([String(time), String(time), '0.04', '1000', String(start)], isOwn);
    for (const n of [0, 1, 2, 3]) add(true, n / 25, n * 1000);
    add(false, 2, 100_000);
    add(true, 0.16, 4000);
    add(true, 2.16, 101_000);
    expect(missing.seconds()).to.equal(2);
  });

  it('are none in a pause, or in pictures that come seldom', async () => {
    const pause = "setpts='PTS+if(gte(T,1),60/TB,0)'";
    const paused = [...moving('25', 2), '-vf', pause, '-vsync', 'passthrough', ...h264(25)];
    for (const kind of ['mkv', 'ts']) {
      const source = await media.make(`pause.${kind}`, ...paused);
      expect((await lookAt(source)).packets.missingSeconds).to.equal(0);
      const seldom = await media.make(
        `seldom.${kind}`,
        ...moving('1/2', 12),
        ...tone(12),
        ...h264(2),
        '-c:a',
        'aac',
      );
      expect((await lookAt(seldom)).packets.missingSeconds).to.equal(0);
    }
  });
});
