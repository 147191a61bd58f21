import type { QueueName } from './queue-names.ts';

/** Every object key, Redis key and job id is spelled here. No key holds text from a user. */

export function rawKey(ownerId: string, videoId: string): string {
  return `videos/${ownerId}/${videoId}`;
}

/** Everything that was made of a video, in the processed and in the thumbnails bucket. */
export function videoPrefix(videoId: string): string {
  return `v/${videoId}/`;
}

/** Everything that was made of the pictures of a person, in the thumbnails bucket. */
export function personPrefix(personId: string): string {
  return `p/${personId}/`;
}

/** The folder that one attempt at a video writes to, in the processed and in the thumbnails bucket. */
export function generationPrefix(videoId: string, generation: number): string {
  return `${videoPrefix(videoId)}g${generation}/`;
}

export type KeyFacts = { videoId: string; generation?: number };
/** A version of a picture, or one that was uploaded. */
export type PersonKeyFacts = { personId: string; version?: number; uploadId?: string };

/** Whose an object is, read back from its key; of which attempt, if it is one's. Undefined for a foreign key. */
export function readKey(key: string): KeyFacts | PersonKeyFacts | undefined {
  const [, made, generation] = /^v\/([0-9a-f]{24})\/(?:g(\d+)\/)?./.exec(key) ?? [];
  if (made) return { videoId: made, ...(generation ? { generation: Number(generation) } : {}) };
  const [, uploaded] = /^videos\/[0-9a-f]{24}\/([0-9a-f]{24})(?:-poster-[0-9a-f]{24})?$/.exec(key) ?? [];
  if (uploaded) return { videoId: uploaded };
  const [, shown, version] = /^p\/([0-9a-f]{24})\/picture-(\d+)-/.exec(key) ?? [];
  if (shown) return { personId: shown, version: Number(version) };
  const [, personId, uploadId] = /^people\/([0-9a-f]{24})\/([0-9a-f]{24})$/.exec(key) ?? [];
  return personId && uploadId ? { personId, uploadId } : undefined;
}

/** `rendition` is a rung (`720p`) or an audio track (`audio/en`). */
export function initKey(videoId: string, generation: number, rendition: string): string {
  return `${generationPrefix(videoId, generation)}${rendition}/init.mp4`;
}

export function segmentName(n: number): string {
  return `seg-${String(n).padStart(5, '0')}.m4s`;
}

export function segmentKey(videoId: string, generation: number, rendition: string, n: number): string {
  return `${generationPrefix(videoId, generation)}${rendition}/${segmentName(n)}`;
}

/** Captions from the file belong to the attempt that made them. The language is a canonical tag. */
export function fileCaptionsKey(videoId: string, generation: number, language: string): string {
  return `${generationPrefix(videoId, generation)}captions/${language}.vtt`;
}

/** Captions that were sent go with every attempt. `id` tells a later one from what it replaces. */
export function sentCaptionsKey(videoId: string, language: string, id: string): string {
  return `v/${videoId}/captions/${language}-${id}.vtt`;
}

export type PictureFormat = 'jpg' | 'webp';

/**
 * One size of one version of the poster. A version never changes; another picture is another version. Those that
 * somebody has chosen belong to no attempt and outlive each: without a generation.
 */
export function posterKey(
  videoId: string,
  generation: number | null,
  version: number,
  width: number,
  format: PictureFormat,
): string {
  const folder = generation === null ? videoPrefix(videoId) : generationPrefix(videoId, generation);
  return `${folder}poster-${version}-${width}.${format}`;
}

/** Every size of one version of a poster that somebody has chosen. */
export function chosenPosterPrefix(videoId: string, version: number): string {
  return `${videoPrefix(videoId)}poster-${version}-`;
}

/** Where a picture waits in the raw bucket until a worker has made a poster of it. */
export function posterUploadKey(ownerId: string, videoId: string, uploadId: string): string {
  return `${rawKey(ownerId, videoId)}-poster-${uploadId}`;
}

/** One size of one version of the picture of a person. A version never changes. */
export function personPictureKey(
  personId: string,
  version: number,
  width: number,
  format: PictureFormat,
): string {
  return `${personPrefix(personId)}picture-${version}-${width}.${format}`;
}

/** Where a picture waits in the raw bucket until a worker has made that of a person of it. */
export function personUploadKey(personId: string, uploadId: string): string {
  return `people/${personId}/${uploadId}`;
}

export function previewKey(videoId: string, generation: number): string {
  return `${generationPrefix(videoId, generation)}preview.webp`;
}

/** The small pictures that one chunk adds to the storyboard, until `publish` has joined them. */
export function tilesKey(videoId: string, generation: number, chunk: number): string {
  return `${tilesPrefix(videoId, generation)}${chunk}.mjpeg`;
}

export function tilesPrefix(videoId: string, generation: number): string {
  return `${generationPrefix(videoId, generation)}tiles-`;
}

export function sheetName(sheet: number): string {
  return `storyboard-${sheet}.jpg`;
}

export function sheetKey(videoId: string, generation: number, sheet: number): string {
  return `${generationPrefix(videoId, generation)}${sheetName(sheet)}`;
}

export function storyboardKey(videoId: string, generation: number): string {
  return `${generationPrefix(videoId, generation)}storyboard.vtt`;
}

/** Deterministic, so that a job is never in a queue twice. BullMQ forbids `:`. */
export function jobId(step: QueueName, videoId: string, generation: number, n?: number): string {
  return `${step}-${videoId}-g${generation}${n === undefined ? '' : `-${n}`}`;
}

/** Of the job that makes the picture of a person from an upload. */
export function personPictureJobId(uploadId: string): string {
  return `images-person-${uploadId}`;
}

/**
 * The hash that collects views until the next fold; which fold is under way, and the hash that is its own; and what has
 * been counted of one viewer and video, by a hash of both.
 */
export function viewKeys(prefix: string) {
  return {
    counts: `${prefix}:views:counts`,
    folding: `${prefix}:views:fold`,
    fold: (id: string) => `${prefix}:views:fold:${id}`,
    seen: (hash: string) => `${prefix}:seen:${hash}`,
  };
}

/** Where the search for orphans goes on in a bucket. */
export function orphanCursorKey(prefix: string, bucket: string): string {
  return `${prefix}:orphans:${bucket}`;
}

/** Where the comparing of search with the videos goes on. */
export function searchCursorKey(prefix: string): string {
  return `${prefix}:search:repair`;
}

/** Written by whoever asks whether Redis takes writes. */
export function readyKey(prefix: string): string {
  return `${prefix}:ready`;
}

/** There for a day after the terms of search were counted anew. */
export function searchCountedKey(prefix: string): string {
  return `${prefix}:search:counted`;
}

/**
 * Where requests are counted: an account's window, how many accounts there are, and the channel that asks for leases.
 */
export function limitKeys(prefix: string) {
  return {
    account: (hash: string) => `${prefix}:limit:${hash}`,
    accounts: (seconds: number) => `${prefix}:limits:${seconds}`,
    recall: `${prefix}:limits:recall`,
  };
}
