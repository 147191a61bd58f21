import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent } from '../local/server.ts';

type Clip = { path: string; seconds: number; picture?: string; signal?: AbortSignal };

const testPicture = 'testsrc2=size=1280x720:rate=30';

/** Makes an MP4 with a moving picture and a tone. Not through fluent-ffmpeg, which refuses lavfi on newer ffmpegs. */
export async function makeClip({ path, seconds, picture = testPicture, signal }: Clip): Promise<void> {
  const words = [
    ...['-nostdin', '-v', 'error', '-y'],
    ...['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'],
    ...[
      '-t',
      String(seconds),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-crf',
      '20',
      '-pix_fmt',
      'yuv420p',
    ],
    ...['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', path],
  ];
  await runPlainly([process.env.FFMPEG_PATH || 'ffmpeg', ...words], signal);
}

/** Runs a program that ends with us. @throws Error with what it printed when it fails. */
export async function runPlainly(words: string[], signal?: AbortSignal): Promise<void> {
  const [program = '', ...rest] = [...endWithParent(), ...words];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    printed = (printed + text).slice(-2000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${words[0]} ended with ${code}: ${printed.trim()}`);
}
