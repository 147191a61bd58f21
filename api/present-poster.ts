import type { z } from 'zod';
import type { poster, posterUpload } from '../shared/contracts/images.ts';
import type { Poster } from '../shared/db/posters.ts';
import type { PictureUpload } from '../shared/db/uploaded-pictures.ts';
import type { Video } from '../shared/db/video-record.ts';

/** What was asked for last, with the sizes of what is shown. Before anything was asked, one is on its way. */
export function presentPoster(
  video: Video,
  last: Poster | null,
  shown: Poster | null,
): z.infer<typeof poster> {
  const none = video.state === 'failed' ? ('failed' as const) : ('making' as const);
  return {
    source: last?.source ?? 'auto',
    version: last?.version ?? 0,
    state: last ? stateOf(last) : none,
    ...(last?.error ? { error: last.error } : {}),
    widths: shown?.widths ?? [],
  };
}

export function presentPosterUpload(
  { _id, state }: Poster,
  upload: PictureUpload,
): z.infer<typeof posterUpload> {
  const { bytes, contentType, expiresAt } = upload;
  return { posterUploadId: _id, state, size: bytes, type: contentType, expiresAt: expiresAt.toISOString() };
}

function stateOf({ state }: Poster): z.infer<typeof poster>['state'] {
  return state === 'ready' || state === 'failed' ? state : 'making';
}
