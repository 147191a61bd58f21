import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isSettled, type VideoReply } from '../../scripts/client.ts';
import { type Cue, parseCaptions } from '../../shared/captions-text.ts';
import { generationPrefix } from '../../shared/keys.ts';
import { captionsCommand } from '../../workers/media/captions-args.ts';
import { clipFolder, ffmpeg } from '../support/clips.ts';
import { addClosedCaptions, framesToShow } from '../support/closed-captions.ts';
import { type System, startSystem } from '../support/system.ts';

type Caption = {
  language: string;
  title: string;
  source: string;
  isDefault: boolean;
  cues: number;
  url: string;
};

const subrip = `1
00:00:00,000 --> 00:00:01,500
From <i>the</i> first & on

2
00:00:02,000 --> 00:00:02,500
{\\an8}Second

3
00:00:02,800 --> 00:00:30,000
To the end

4
00:00:10,000 --> 00:00:11,000
Behind it
`;

const substation = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Eins {\\i1}zwei{\\i0}\\N\\Ndrei
Dialogue: 0,0:00:01.50,0:00:02.50,Default,,0,0,0,,a\\h--> b
Dialogue: 0,0:00:02.00,0:00:02.00,Default,,0,0,0,,no time at all
Dialogue: 0,0:00:02.50,0:00:02.80,Default,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100.5 -3 100 b 1 2 3 4 5 6{\\p0}
`;

const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];

describe('subtitles in the file', () => {
  let system: System;

  before(async () => {
    system = await startSystem();
    await system.startWorker();
  });
  after(() => system.stop());

  /** A file in the folder of clips. */
  const at = async (name: string) => join(await clipFolder(), name);

  /** Three seconds of picture and sound, and a track of each text. Matroska, or MP4 by the ending of `name`. */
  async function withText(name: string, ...given: { text: string; ending: string; about: string[] }[]) {
    const inputs: string[] = [];
    for (const [index, { text, ending }] of given.entries()) {
      const path = await at(`${name}-${index}.${ending}`);
      await writeFile(path, text);
      inputs.push('-i', path);
    }
    const maps = ['0', '1', ...given.map((_, index) => String(index + 2))].flatMap((input) => [
      '-map',
      input,
    ]);
    const about = given.flatMap(({ about }, index) =>
      about.flatMap((word) =>
        word.includes('=') ? [`-metadata:s:s:${index}`, word] : [`-disposition:s:${index}`, word],
      ),
    );
    const path = await at(name);
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=3'],
      ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=3'],
      ...[...inputs, ...maps, ...encoding, '-c:s', name.endsWith('.mp4') ? 'mov_text' : 'copy', ...about],
      path,
    );
    return path;
  }

  /** Writes other bytes over a word in a file: as many as the word has, or fewer. */
  async function patch(path: string, word: string, bytes: Buffer): Promise<void> {
    const file = await readFile(path);
    const index = file.indexOf(word);
    expect(index, word).to.be.at.least(0);
    expect(bytes.length).to.be.at.most(word.length);
    bytes.copy(file, index);
    await writeFile(path, file);
  }

  async function publish(path: string): Promise<VideoReply> {
    const client = await system.client('demo');
    const { videoId } = await client.uploadFile(path);
    const video = await client.follow(videoId, isSettled);
    expect(video.error).to.equal(null);
    return video;
  }

  async function captionsOf(videoId: string): Promise<Caption[]> {
    const client = await system.client('demo');
    return (await client.call<{ items: Caption[] }>('GET', `/api/videos/${videoId}/captions`)).items;
  }

  async function cuesOf(caption: Caption | undefined): Promise<Cue[]> {
    const response = await fetch(caption?.url ?? '');
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/vtt; charset=utf-8');
    return parseCaptions(Buffer.from(await response.arrayBuffer()), 'vtt');
  }

  /** Within the rounding of times on the way, and an end within what the sound's last frame lasts. */
  function expectCues(found: Cue[], expected: [start: number, end: number, text: string][]): void {
    expect(found.map(({ text }) => text)).to.deep.equal(expected.map(([, , text]) => text));
    for (const [index, [start, end]] of expected.entries()) {
      expect(found[index]?.start).to.be.closeTo(start, 2);
      expect(found[index]?.end).to.be.closeTo(end, 22);
    }
  }

  const fitted: [number, number, string][] = [
    [0, 1500, 'From <i>the</i> first &amp; on'],
    [2000, 2500, 'Second'],
    [2800, 3000, 'To the end'],
  ];
  const english = { text: subrip, ending: 'srt', about: ['language=eng', 'title=Full', 'default'] };
  const german = { text: substation, ending: 'ass', about: ['language=ger', '0'] };

  it('become captions of the language, cut to the length of the video', async () => {
    const { videoId, warnings } = await publish(await withText('two.mkv', english, german));
    expect(warnings).to.deep.equal([]);
    const [de, en, ...others] = await captionsOf(videoId);
    expect(others).to.deep.equal([]);
    expect(en).to.include({ language: 'en', title: 'Full', source: 'file', isDefault: true, cues: 3 });
    expect(de).to.include({ language: 'de', title: '', source: 'file', isDefault: false, cues: 2 });
    const cues = await cuesOf(en);
    expectCues(cues, fitted);
    expect(cues[1]?.settings).to.equal('line:0');
    expectCues(await cuesOf(de), [
      [1000, 2000, 'Eins <i>zwei</i>\ndrei'],
      [1500, 2500, 'a\u00a0--&gt; b'],
    ]);
    const stored = await system.context.storage.list('processed', `${generationPrefix(videoId, 1)}captions/`);
    expect(stored.map(({ key }) => key.split('/').at(-1))).to.deep.equal(['de.vtt', 'en.vtt']);
  });

  for (const [ending, given] of [
    ['mkv', english],
    ['mp4', english],
    ['mkv', german],
  ] as const) {
    it(`agree with a picture that begins at 10 s (${given.ending} in ${ending})`, async () => {
      const early = await withText(`early-${given.ending}.${ending}`, given);
      const late = await at(`late-${given.ending}.${ending}`);
      await ffmpeg('-itsoffset', '10', '-i', early, '-map', '0', '-c', 'copy', '-copyts', late);
      const { videoId } = await publish(late);
      const origin = (await system.context.db.videos.find(videoId))?.plan?.originSeconds;
      expect(origin).to.be.closeTo(10, 0.05);
      const [caption] = await captionsOf(videoId);
      const first = given === english ? fitted[1] : ([1000, 2000, 'Eins <i>zwei</i>\ndrei'] as const);
      const cue = (await cuesOf(caption)).find(({ text }) => text === first?.[2]);
      expect(cue?.start).to.be.closeTo(first?.[0] ?? 0, 2);
      expect(cue?.end).to.be.closeTo(first?.[1] ?? 0, 2);
    });
  }

  it('agree with a picture that is shown from its middle on', async () => {
    // An edit list: the clock of the source begins below 0.
    const whole = await withText('whole.mp4', english);
    const cut = await at('cut.mp4');
    await ffmpeg('-ss', '1.5', '-i', whole, '-map', '0', '-c', 'copy', cut);
    const { videoId } = await publish(cut);
    const [caption] = await captionsOf(videoId);
    const cue = (await cuesOf(caption)).find(({ text }) => text === 'Second');
    expect(cue?.start).to.be.closeTo(500, 30);
  });

  for (const ending of ['mp4', 'ts'] as const) {
    it(`that the picture carries are taken out of it (CEA-608 in ${ending})`, async () => {
      const raw = await at('closed.h264');
      const settings = ['-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-x264-params', 'aud=1:bframes=0'];
      const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=5'];
      await ffmpeg(...source, '-c:v', 'libx264', ...settings, raw);
      await addClosedCaptions(raw, { 20: 'Who is there?', 60: 'Me & you', 100: '' });
      const path = await at(`closed.${ending}`);
      await ffmpeg('-r', '25', '-i', raw, '-c', 'copy', '-f', ending === 'ts' ? 'mpegts' : 'mp4', path);
      const { videoId, warnings } = await publish(path);
      expect(warnings).to.deep.equal([]);
      const [caption, ...others] = await captionsOf(videoId);
      expect(others).to.deep.equal([]);
      expect(caption).to.include({ language: 'und', title: 'CC', isDefault: false, source: 'file' });
      const shown = (frame: number, text: string) => 40 * (frame + framesToShow(text));
      const cues = await cuesOf(caption);
      expect(cues.map(({ text, settings }) => [text, settings])).to.deep.equal([
        ['Who is there?', ''],
        ['Me &amp; you', ''],
      ]);
      expect(cues[0]?.start).to.be.closeTo(shown(20, 'Who is there?'), 45);
      expect(cues[0]?.end).to.be.closeTo(shown(60, 'Me & you'), 45);
      expect(cues[1]?.end).to.be.closeTo(4000, 45);
    });
  }

  it('are taken out of a picture in a folder of any name', async () => {
    const folder = await at("it's [a]; na\\me, isn't it: yes=1 ");
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'closed.mp4');
    await copyFile(await at('closed.mp4'), path);
    const track = {
      streamIndex: 0,
      language: 'und',
      title: 'CC',
      isDefault: false,
      inPicture: true,
    } as const;
    const { input, outputs } = captionsCommand(track, path, `${path}.srt`, 1000);
    const words = ['graph' in input ? input.graph : '', ...(outputs[0]?.options ?? []), `${path}.srt`];
    await ffmpeg('-f', 'lavfi', '-i', ...words);
    expect(await readFile(`${path}.srt`, 'utf8')).to.contain('Who is there?');
  });

  it('that are pictures cost a warning', async () => {
    const path = await withText('picture.mkv', english, german);
    await patch(path, 'S_TEXT/UTF8', Buffer.from('S_HDMV/PGS\0'));
    const { videoId, warnings } = await publish(path);
    expect(warnings).to.deep.equal([
      {
        code: 'captions_not_text',
        message: 'The subtitles in track 2 (hdmv_pgs_subtitle) are no text and were left out.',
      },
    ]);
    expect((await captionsOf(videoId)).map(({ language }) => language)).to.deep.equal(['de']);
  });

  it('that cannot be read cost a warning, not the video', async () => {
    const path = await withText('broken.mkv', english, german);
    await patch(path, 'first & on', Buffer.from('caf\xe9 & on', 'latin1'));
    const { videoId, state, warnings } = await publish(path);
    expect(state).to.equal('ready');
    expect(warnings).to.deep.equal([
      { code: 'captions_broken', message: 'A text track of the file cannot be read.' },
    ]);
    expect((await captionsOf(videoId)).map(({ language }) => language)).to.deep.equal(['de']);
  });

  it('that say nothing are no captions', async () => {
    const full = await withText('full.mkv', {
      ...english,
      text: subrip.replace('00:00:00,000', '00:00:00,900'),
    });
    const empty = await at('empty.mkv');
    await ffmpeg('-i', full, '-map', '0', '-c', 'copy', '-t', '0.8', empty);
    const { videoId, warnings } = await publish(empty);
    expect(warnings).to.deep.equal([]);
    expect((await system.context.db.videos.find(videoId))?.plan?.captions).to.have.length(1);
    expect(await captionsOf(videoId)).to.deep.equal([]);
  });
});
