import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { chooseVideo } from '../../../workers/media/choose-video.ts';
import { describe as describeFile } from '../../../workers/media/describe.ts';
import { scanPackets } from '../../../workers/media/ffprobe.ts';
import { leftOutPictures, otherPictures } from '../../../workers/media/left-pictures.ts';
import { noPackets } from '../../../workers/media/packets.ts';
import { h264, moving, probeTool, useMedia } from '../../support/media.ts';

describe('what other tracks have of a picture', () => {
  const media = useMedia();
  const { signal } = new AbortController();

  async function warningsOf(source: string) {
    const report = await describeFile(probeTool, source, signal);
    const video = chooseVideo(report);
    const scan = {
      streamIndexes: [video.index, ...otherPictures(report, video)],
      formatName: report.format.format_name,
    };
    const [packets = noPackets(), ...others] = await scanPackets(probeTool, source, scan, signal);
    return leftOutPictures(packets, others).map(({ message }) => message);
  }
  const part = (pid: number, size = '160x90') =>
    media.make(`${pid}.ts`, ...moving('25', 2, size), ...h264(25), '-mpegts_start_pid', String(pid));
  async function joined(...parts: Promise<string>[]): Promise<string> {
    const files = await Promise.all(parts);
    writeFileSync(media.path('joined.ts'), Buffer.concat(files.map((file) => readFileSync(file))));
    return media.path('joined.ts');
  }

  it('is said where they come after it, or before it', async () => {
    const after = 'The picture changes its track midway: 2.0 s after what is shown were left out.';
    expect(await warningsOf(await joined(part(256), part(512)))).to.deep.equal([after]);
    const before = after.replace('after', 'before');
    expect(await warningsOf(await joined(part(256), part(512, '320x180')))).to.deep.equal([before]);
  });

  it('is not what is shown at the same time', async () => {
    const both = [...moving('25', 3), ...moving('25', 3), '-map', '0', '-map', '1', ...h264(25)];
    expect(await warningsOf(await media.make('both.ts', ...both))).to.deep.equal([]);
    expect(await warningsOf(await part(256))).to.deep.equal([]);
  });
});
