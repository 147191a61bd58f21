import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { lookAt, moving, tone, useMedia } from '../../support/media.ts';

describe('the languages of a Matroska file', () => {
  const media = useMedia();
  const older = Buffer.from('22b59c', 'hex');
  const whole = Buffer.from('22b59d', 'hex');

  /** Of a file with these tracks of sound, each named by BCP 47 alone, as ffmpeg writes none. */
  async function languagesOf(...languages: string[]): Promise<string[]> {
    const sounds = languages.flatMap((language, n) => [
      '-map',
      '1',
      `-metadata:s:a:${n}`,
      `language=${language}`,
    ]);
    const source = await media.make('tracks.mkv', ...moving('25', 1), ...tone(1), '-map', '0', ...sounds);
    const bytes = await readFile(source);
    for (let at = bytes.indexOf(older); at >= 0; at = bytes.indexOf(older)) whole.copy(bytes, at);
    await writeFile(source, bytes);
    const { audio } = await lookAt(source);
    return audio.map(({ language, name, title }) => `${language} ${name} ${title}`);
  }

  it('are told apart by region and script', async () => {
    expect(await languagesOf('pt-BR', 'pt-PT', 'zh-Hant')).to.deep.equal([
      'pt-BR audio/pt-br Brazilian Portuguese',
      'pt-PT audio/pt-pt European Portuguese',
      'zh-Hant audio/zh-hant Traditional Chinese',
    ]);
  });

  it('are those that ffmpeg reads where a tag is none', async () => {
    expect(await languagesOf('x-elvish')).to.deep.equal(['en audio/en English']);
  });
});
