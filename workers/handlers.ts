import type { Attempt } from '../shared/db/video-record.ts';
import type { MillraceError } from '../shared/errors.ts';
import { fail } from '../shared/pipeline.ts';
import type { QueueName } from '../shared/queues.ts';
import type { Handler } from './run.ts';
import { audio, giveUpAudio } from './steps/audio.ts';
import { captions, giveUpCaptions } from './steps/captions.ts';
import { copy, giveUpCopy } from './steps/copy.ts';
import { encode } from './steps/encode.ts';
import { giveUpImages, images } from './steps/images.ts';
import { probe } from './steps/probe.ts';
import { publish } from './steps/publish.ts';
import { search } from './steps/search.ts';
import { sweep } from './steps/sweep.ts';
import { trending } from './steps/trending.ts';
import type { Tools } from './tools.ts';

/** The steps without which there is no video: when one gives up, so does the video. */
function failVideo(step: QueueName) {
  return async ({ videoId, generation }: Attempt, { code, message }: MillraceError, tools: Tools) => {
    await fail(tools, { videoId, generation }, { code, message, step });
  };
}

export const handlers: { [Q in QueueName]: Handler<Q> } = {
  probe: { run: probe, gaveUp: failVideo('probe') },
  encode: { run: encode, gaveUp: failVideo('encode') },
  copy: { run: copy, gaveUp: giveUpCopy },
  audio: { run: audio, gaveUp: giveUpAudio },
  captions: { run: captions, gaveUp: giveUpCaptions },
  images: { run: images, gaveUp: giveUpImages },
  publish: { run: publish, gaveUp: failVideo('publish') },
  trending: { run: trending },
  search: { run: search, isQuiet: true },
  sweep: { run: sweep },
};
