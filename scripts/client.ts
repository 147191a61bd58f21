import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient as createTypedClient } from '../shared/client/client.ts';
import type { NewUpload, NewView, UploadTicket, Video, ViewReply } from '../shared/client/operations.ts';
import { problemIn } from '../shared/client/problem-error.ts';
import { type SendOptions, sendFile } from '../shared/client/send-file.ts';
import { newId } from '../shared/ids.ts';

export type {
  Problem,
  Trending as TrendingReply,
  UploadTicket as Ticket,
} from '../shared/client/operations.ts';
export { ProblemError } from '../shared/client/problem-error.ts';
export type VideoReply = Video;
export type Client = ReturnType<typeof createClient>;

/** The typed client with what scripts and tests do with it. `cookie` is a signed-in session, from `signIn`. */
export function createClient(apiUrl: string, cookie?: string) {
  const api = createTypedClient({ url: apiUrl, ...(cookie ? { credentials: { cookie } } : {}) });

  /** What the typed client would not send: addresses and bodies of any kind. */
  async function call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(new URL(path, apiUrl), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie ? { Cookie: cookie } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw await problemIn(response);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  return {
    api,
    call,
    requestUpload: (about: NewUpload) => api.postUploads({ body: about }),
    upload: (uploadId: string) => api.getUploadsByUploadId({ uploadId }),
    complete: (uploadId: string) => api.postUploadsByUploadIdComplete({ uploadId }),
    cancel: (uploadId: string) => api.deleteUploadsByUploadId({ uploadId }),
    removeVideo: (videoId: string) => api.deleteVideosByVideoId({ videoId }),
    cancelVideo: (videoId: string) => api.postVideosByVideoIdCancel({ videoId }),
    reprocess: (videoId: string) => api.postVideosByVideoIdReprocess({ videoId }),
    video: (videoId: string) => api.getVideosByVideoId({ videoId }),
    playback: (videoId: string) => api.getVideosByVideoIdPlayback({ videoId }),
    /** Without an account it is each time another viewer, unless told which. */
    view(videoId: string, region: string, { seconds = 30, viewer = newId() } = {}): Promise<ViewReply> {
      const body: NewView = { position: seconds, watchedSeconds: seconds, region };
      const headers = { 'User-Agent': `Mozilla/5.0 (viewer ${viewer})` };
      return call('POST', `/api/videos/${videoId}/views`, body, headers);
    },
    trending: (region: string, query: { limit?: number; category?: string } = {}) =>
      api.getTrendingByRegion({ region, ...query }),

    /** Ticket, bytes, complete: the whole upload of a file. */
    async uploadFile(
      path: string,
      about: Partial<NewUpload> = {},
      onProgress?: SendOptions['onProgress'],
    ): Promise<UploadTicket> {
      const { size } = await stat(path);
      const received = await this.requestUpload({
        filename: basename(path),
        size,
        type: 'video/mp4',
        ...about,
      });
      await sendFile(received, path, onProgress ? { onProgress } : {});
      await this.complete(received.uploadId);
      return received;
    },

    /** Asks until `isDone`, calling `onChange` with each answer. */
    async follow(
      id: string,
      isDone: (video: VideoReply) => boolean,
      onChange: (video: VideoReply) => void = () => {},
      limitSeconds = 600,
    ): Promise<VideoReply> {
      const until = Date.now() + limitSeconds * 1000;
      for (;;) {
        const received = await this.video(id);
        onChange(received);
        if (isDone(received)) return received;
        if (Date.now() > until)
          throw new Error(`Video ${id} is still ${received.state} after ${limitSeconds} s.`);
        await sleep(100);
      }
    },
  };
}

export function isSettled({ state }: VideoReply): boolean {
  return state === 'ready' || state === 'failed';
}
