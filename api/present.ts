import type { z } from 'zod';
import type { account } from '../shared/contracts/account.ts';
import type { apiKey } from '../shared/contracts/api-keys.ts';
import type { caption } from '../shared/contracts/captions.ts';
import {
  copyRefusals,
  type EncodingPlan,
  ladderReasons,
  type Rendition,
} from '../shared/contracts/encoding.ts';
import type { ticket, upload } from '../shared/contracts/uploads.ts';
import type {
  ladder,
  playback,
  progress,
  rendition,
  video,
  videoSummary,
} from '../shared/contracts/videos.ts';
import type { ApiKey } from '../shared/db/api-keys.ts';
import type { Caption } from '../shared/db/captions.ts';
import type { UploadRecord } from '../shared/db/uploads.ts';
import type { User } from '../shared/db/users.ts';
import type { ListedVideo, Video } from '../shared/db/video-record.ts';
import { isRightToLeft } from '../shared/languages.ts';
import type { PresignedPut } from '../shared/storage.ts';
import { presentTakeDown } from './present-take-down.ts';

/** Documents become replies here, naming every field: what is not named does not leave. */

export function presentAccount(user: User): z.infer<typeof account> {
  const { _id, displayName, email, emailVerified, roles, status, createdAt } = user;
  return {
    userId: _id,
    displayName,
    email,
    emailVerified,
    roles,
    status,
    createdAt: createdAt.toISOString(),
  };
}

export function presentApiKey(key: ApiKey): z.infer<typeof apiKey> {
  return {
    apiKeyId: key._id,
    name: key.name,
    scopes: key.scopes,
    hint: key.hint,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
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
    isRtl: isRightToLeft(record.language),
    channelTitle: record.channelTitle,
    visibility: record.visibility,
    regions: record.regions,
    minimumAge: record.minimumAge,
    state: record.state,
    playable: playingGeneration(record) !== undefined,
    durationSeconds: record.durationSeconds,
    posterUrl: posterUrl(record, publicUrl),
    watchUrl: `${publicUrl}/watch/${record._id}`,
    views: record.views,
    likes: record.likes,
    comments: record.comments,
    createdAt: record.createdAt.toISOString(),
    publishedAt: record.publishedAt.toISOString(),
  };
}

export function presentVideo(
  record: Omit<Video, 'plan' | 'history'>,
  { percent, remainingSeconds }: z.infer<typeof progress>,
  publicUrl: string,
): z.infer<typeof video> {
  const address = `${publicUrl}/api/videos/${record._id}`;
  return {
    ...presentSummary(record, publicUrl),
    revision: revisionOf(record),
    previewUrl: previewGeneration(record) === undefined ? null : `${address}/preview.webp`,
    storyboardUrl: record.storyboard ? `${address}/storyboard.vtt` : null,
    percent,
    remainingSeconds,
    renditions: record.renditions.map(presentRendition),
    audio: record.audio.map(({ language, title, channels, isDefault, loudness }) => ({
      ...{ language, title, channels, isDefault },
      loudness: loudness && { integrated: loudness.integrated, range: loudness.range },
    })),
    commentsOff: record.commentsOff,
    error: record.failure ? { code: record.failure.code, message: record.failure.message } : null,
    warnings: record.warnings,
    takenDown: record.takenDown ? presentTakeDown(record.takenDown) : null,
    uploadedAt: record.uploadedAt?.toISOString() ?? null,
    playableAt: record.playableAt?.toISOString() ?? null,
    readyAt: record.readyAt?.toISOString() ?? null,
  };
}

export function revisionOf({ revision = 0 }: Pick<Video, 'revision'>): number {
  return revision;
}

function presentRendition(made: Rendition): z.infer<typeof rendition> {
  const { name, width, height, frameRate, codecs, averageBandwidth, bandwidth, bytes } = made;
  return { name, width, height, frameRate, codecs, averageBandwidth, bandwidth, bytes };
}

/** Every rung that was thought of; what it came to is known once the video is ready. */
export function presentLadder(record: Video, plan: EncodingPlan): z.infer<typeof ladder> {
  return {
    videoId: record._id,
    profile: plan.codec.profile,
    codec: plan.codec.codec,
    encoder: plan.codec.encoder,
    candidates: plan.ladder.map(({ name, width, height, action, reason, notCopied, maxBitrate }) => {
      const made = record.renditions.find((one) => one.name === name);
      return {
        name,
        width,
        height,
        action,
        reason,
        explanation: [
          ladderReasons[reason],
          ...(notCopied ? [`Not packaged as it is: ${copyRefusals[notCopied]}.`] : []),
        ].join(' '),
        notCopied,
        maxBitrate,
        averageBitrate: made?.averageBitrate ?? null,
        peakBitrate: made?.peakBitrate ?? null,
        bytes: made?.bytes ?? null,
        encodeSeconds: made?.encodeSeconds ?? null,
      };
    }),
  };
}

export function presentPlayback(
  record: Video,
  generation: number,
  publicUrl: string,
): z.infer<typeof playback> {
  const ours = `${publicUrl}/api/videos/${record._id}/hls/g${generation}/master.m3u8`;
  return {
    videoId: record._id,
    state: record.state,
    isFinal: record.activeGeneration === generation,
    playlist: record.outside?.playUrl ?? ours,
    posterUrl: posterUrl(record, publicUrl),
    durationSeconds: record.durationSeconds,
  };
}

export function presentCaption(record: Omit<Caption, '_id'>, publicUrl: string): z.infer<typeof caption> {
  return {
    language: record.language,
    title: record.title,
    source: record.source,
    isDefault: record.isDefault,
    cues: record.cues,
    bytes: record.bytes,
    url: `${publicUrl}/api/videos/${record.videoId}/captions/${record.language}.vtt`,
    createdAt: record.createdAt.toISOString(),
  };
}

/**
 * The attempt to play: the last one that became ready, else the current one once its first segments are there. 0: it
 * plays outside, if it has an address there.
 */
export function playingGeneration(
  record: Pick<Video, 'state' | 'generation' | 'activeGeneration' | 'playableAt' | 'outside'>,
): number | undefined {
  if (record.state === 'deleted' || record.outside?.playUrl === null) return undefined;
  if (record.activeGeneration !== null) return record.activeGeneration;
  if (record.state === 'failed') return undefined;
  return record.playableAt ? record.generation : undefined;
}

/** The attempt that plays, else the one under way, if it has a preview. */
export function previewGeneration(
  record: Pick<Video, 'generation' | 'activeGeneration' | 'previews'>,
): number | undefined {
  return record.previews?.find((one) => one === (record.activeGeneration ?? record.generation));
}

function posterUrl(record: ListedVideo, publicUrl: string): string | null {
  if (record.hasPoster) return `${publicUrl}/api/videos/${record._id}/poster.jpg`;
  return record.outside?.posterUrl ?? null;
}
