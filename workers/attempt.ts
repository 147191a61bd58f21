import type { Attempt, Video } from '../shared/db/video-record.ts';
import type { VideoState } from '../shared/video-state.ts';
import { type Step, Superseded } from './run.ts';

const heartbeatMilliseconds = 1000;

/** The video, if `attempt` is its current one and in one of these states; else the job has nothing to do. */
export async function currentVideo(step: Step, attempt: Attempt, states: VideoState[]): Promise<Video> {
  const video = await step.tools.db.videos.find(attempt.videoId);
  if (video?.generation !== attempt.generation || !states.includes(video.state)) throw new Superseded();
  return video;
}

/**
 * Runs `work` while the attempt stays the current one, telling the record every second that it is alive. When
 * the video is cancelled, deleted or taken over, the signal that `work` gets is aborted within that time.
 */
export async function whileCurrent<T>(
  step: Step,
  attempt: Attempt,
  state: VideoState,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  let isTelling = false;
  let isSilent = false;
  /** One at a time, as a database that says nothing would keep them all; of an outage the log has one line. */
  const tell = async () => {
    if (isTelling) return;
    isTelling = true;
    try {
      if (!(await step.tools.db.videos.heard(attempt, state))) over.abort(new Superseded());
      isSilent = false;
    } catch (error) {
      if (!isSilent) step.log.warn({ err: error }, 'no heartbeat');
      isSilent = true;
    } finally {
      isTelling = false;
    }
  };
  const timer = setInterval(tell, heartbeatMilliseconds);
  try {
    return await work(AbortSignal.any([step.signal, over.signal]));
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}
