import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { type Sprites, storyboard as storyboardContract } from '../../shared/contracts/images.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { previewKey, sheetKey } from '../../shared/keys.ts';
import { storyboardVtt } from '../../shared/storyboard.ts';
import type { ApiContext } from '../context.ts';
import { previewGeneration } from '../present.ts';
import { route } from '../route.ts';

const tag = 'Images';
const params = z.strictObject({ videoId });
const previewUrlSeconds = 3600;

export const imageRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId/preview.webp',
    tag,
    summary: 'A few seconds of the video, animated, by a redirect to the store',
    action: 'video.read',
    params,
    replies: { 302: { description: 'To the picture' } },
    errors: [],
    async handle({ params, permit, context }) {
      const found = permit(await context.db.videos.find(params.videoId));
      const generation = previewGeneration(found);
      if (generation === undefined)
        throw new MillraceError('not_found', 'The video has no preview, or not yet.');
      const key = previewKey(found._id, generation);
      const url = await context.storage.presignGet('thumbnails', key, previewUrlSeconds);
      return { status: 302, headers: { Location: url, 'Cache-Control': 'private, max-age=300' } };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/storyboard.vtt',
    tag,
    summary: 'Small pictures for scrubbing, as WebVTT with signed addresses',
    action: 'video.read',
    params,
    replies: { 200: { description: 'A cue for each picture', type: 'text/vtt' } },
    errors: [],
    async handle({ params, permit, context }) {
      const { found, board, urls, headers } = await signedSheets(
        permit(await context.db.videos.find(params.videoId)),
        context,
      );
      const body = storyboardVtt(board, found.durationSeconds ?? 0, (sheet) => urls[sheet] ?? '');
      return { status: 200, type: 'text/vtt', body, headers };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/storyboard',
    tag,
    summary: 'The same pictures as JSON',
    action: 'video.read',
    params,
    replies: { 200: { description: 'Sprites and how they are cut', schema: storyboardContract } },
    errors: [],
    async handle({ params, permit, context }) {
      const { board, urls, headers } = await signedSheets(
        permit(await context.db.videos.find(params.videoId)),
        context,
      );
      const { tileWidth, tileHeight, intervalSeconds, sheets } = board;
      const body = {
        tileWidth,
        tileHeight,
        intervalSeconds,
        sheets: sheets.map(({ columns, rows, tiles }, n) => ({ url: urls[n] ?? '', columns, rows, tiles })),
      };
      return { status: 200, body, headers };
    },
  }),
];

type SignedSheets = { found: Video; board: Sprites; urls: string[]; headers: Record<string, string> };

async function signedSheets(found: Video, { storage, config }: ApiContext): Promise<SignedSheets> {
  const board = found.storyboard;
  if (!board) throw new MillraceError('not_found', 'The video has no storyboard, or not yet.');
  const seconds = config.PLAYBACK_URL_TTL_SECONDS;
  const urls = await Promise.all(
    board.sheets.map((_, sheet) =>
      storage.presignGet('thumbnails', sheetKey(found._id, board.generation, sheet), seconds),
    ),
  );
  const headers = { 'Cache-Control': `private, max-age=${Math.min(60, seconds)}` };
  return { found, board, urls, headers };
}
