import type { z } from 'zod';
import type { account } from '../shared/contracts/account.ts';
import type { poster, posterTicket } from '../shared/contracts/images.ts';
import type { ticket, upload } from '../shared/contracts/uploads.ts';
import type { playback, video, videoSummary } from '../shared/contracts/videos.ts';
import type { Poster } from '../shared/db/posters.ts';
import type { UploadRecord } from '../shared/db/uploads.ts';
import type { User } from '../shared/db/users.ts';
import type { ListedVideo, Video } from '../shared/db/videos.ts';
import type { PresignedPut } from '../shared/storage.ts';

/** Documents become replies here, naming every field: what is not named does not leave. */

export function presentAccount(user: User): z.infer<typeof account> {
  return { userId: user._id, displayName: user.displayName, email: user.email, roles: user.roles };
}

export function presentUpload(record: UploadRecord): z.infer<typeof upload> {
  return {
    uploadId: record._id,
    videoId: record.videoId,
    state: record.state,
    filename: record.filename,
    size: record.bytes,
    type: record.contentType,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
  };
}

export function presentTicket(record: UploadRecord, put: PresignedPut): z.infer<typeof ticket> {
  return {
    uploadId: record._id,
    videoId: record.videoId,
    method: 'PUT',
    url: put.url,
    headers: put.headers,
    expiresAt: record.expiresAt.toISOString(),
  };
}

export function presentSummary(record: ListedVideo, publicUrl: string): z.infer<typeof videoSummary> {
  return {
    videoId: record._id,
    title: record.title,
    description: record.description,
    category: record.category,
    tags: record.tags,
    language: record.language,
    visibility: record.visibility,
    state: record.state,
    playable: playingGeneration(record) !== undefined,
    durationSeconds: record.durationSeconds,
    posterUrl: posterUrl(record, publicUrl),
    watchUrl: `${publicUrl}/watch/${record._id}`,
    createdAt: record.createdAt.toISOString(),
  };
}

export function presentVideo(record: Video, encodedFrames: number, publicUrl: string): z.infer<typeof video> {
  const address = `${publicUrl}/api/videos/${record._id}`;
  return {
    ...presentSummary(record, publicUrl),
    previewUrl: previewGeneration(record) === undefined ? null : `${address}/preview.webp`,
    storyboardUrl: record.storyboard ? `${address}/storyboard.vtt` : null,
    percent: percentDone(record, encodedFrames),
    renditions: record.renditions,
    error: record.failure ? { code: record.failure.code, message: record.failure.message } : null,
    warnings: record.warnings,
    uploadedAt: record.uploadedAt?.toISOString() ?? null,
    playableAt: record.playableAt?.toISOString() ?? null,
    readyAt: record.readyAt?.toISOString() ?? null,
  };
}

export function presentPlayback(
  record: Video,
  generation: number,
  publicUrl: string,
): z.infer<typeof playback> {
  return {
    videoId: record._id,
    state: record.state,
    isFinal: record.activeGeneration === generation,
    playlist: `${publicUrl}/api/videos/${record._id}/hls/g${generation}/master.m3u8`,
    posterUrl: posterUrl(record, publicUrl),
    durationSeconds: record.durationSeconds,
  };
}

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

function stateOf({ state }: Poster): z.infer<typeof poster>['state'] {
  return state === 'ready' || state === 'failed' ? state : 'making';
}

export function presentPosterTicket(
  posterUploadId: string,
  expiresAt: Date,
  { url, headers }: PresignedPut,
): z.infer<typeof posterTicket> {
  return { posterUploadId, method: 'PUT', url, headers, expiresAt: expiresAt.toISOString() };
}

/** The attempt to play: the last one that became ready, else the current one once its first segments are there. */
export function playingGeneration(record: ListedVideo): number | undefined {
  if (record.activeGeneration !== null) return record.activeGeneration;
  if (record.state === 'failed' || record.state === 'deleted') return undefined;
  return record.playableAt ? record.generation : undefined;
}

/** The attempt that plays, else the one under way, if it has a preview. */
export function previewGeneration(record: ListedVideo): number | undefined {
  return record.previews?.find((one) => one === (record.activeGeneration ?? record.generation));
}

function posterUrl(record: ListedVideo, publicUrl: string): string | null {
  return record.hasPoster ? `${publicUrl}/api/videos/${record._id}/poster.jpg` : null;
}

/** 0 before the work, 1 to 99 in it by frames really encoded, 100 when ready. */
function percentDone(record: Video, encodedFrames: number): number {
  if (record.state === 'ready') return 100;
  const frames = record.plan?.frameCount ?? 0;
  if (frames === 0) return 0;
  return Math.min(99, Math.floor((encodedFrames / frames) * 1000) / 10);
}
