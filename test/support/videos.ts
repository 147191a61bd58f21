import type { NewVideo } from '../../shared/db/video-record.ts';
import { newId } from '../../shared/ids.ts';
import { fail, move } from '../../shared/pipeline.ts';
import type { VideoState } from '../../shared/video-state.ts';
import type { System } from './system.ts';

/** The states on the way of a video, in their order. */
export const way = ['draft', 'uploaded', 'probing', 'encoding', 'publishing', 'ready'] as const;

/** The id of a video as the pipeline leaves it in a state, without the work; of nobody's unless `about` says so. */
export async function videoIn(
  state: (typeof way)[number] | 'failed',
  { context }: Pick<System, 'context'>,
  about: Partial<NewVideo> = {},
): Promise<string> {
  const attempt = { videoId: newId(), generation: 1 };
  await context.db.transaction((session) =>
    context.db.videos.create(
      {
        ...{ _id: attempt.videoId, ownerId: newId(), title: 'A title', description: '' },
        ...{ category: null, tags: [], language: null, visibility: 'public' },
        ...{ source: { key: 'k', bytes: 1, etag: '' } },
        ...about,
      },
      session,
    ),
  );
  const changes: Partial<Record<VideoState, object>> = {
    encoding: { durationSeconds: 61.2 },
    ready: { readyAt: new Date(), playableAt: new Date(), activeGeneration: 1 },
  };
  const last = way.indexOf(state === 'failed' ? 'encoding' : state);
  for (const next of way.slice(1, last + 1)) await move(context, attempt, next, changes[next] ?? {});
  if (state === 'failed') {
    await fail(context, attempt, { code: 'truncated', message: 'It ends early.', step: 'encode' });
  }
  return attempt.videoId;
}
