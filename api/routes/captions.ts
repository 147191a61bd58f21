import { z } from 'zod';
import { checkCues, mostCaptionBytes, parseCaptions, writeCaptions } from '../../shared/captions-text.ts';
import {
  caption as captionContract,
  captionLanguage,
  captionLanguageParam,
  captionList,
} from '../../shared/contracts/captions.ts';
import { videoId } from '../../shared/contracts/common.ts';
import type { Caption } from '../../shared/db/captions.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { sentCaptionsKey } from '../../shared/keys.ts';
import type { Log } from '../../shared/log.ts';
import type { ApiContext } from '../context.ts';
import { misfit } from '../misfit.ts';
import { playingGeneration, presentCaption } from '../present.ts';
import { refuseOutside } from '../refuse-outside.ts';
import { route, textBody } from '../route.ts';
import { writeInTurn } from '../write-in-turn.ts';

const tag = 'Captions';
const params = z.strictObject({ videoId });
const ofLanguage = z.strictObject({ videoId, language: captionLanguageParam });
const addressSeconds = 3600;
const formats: Record<string, 'vtt' | 'srt'> = { 'text/vtt': 'vtt', 'application/x-subrip': 'srt' };

export const captionRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId/captions',
    tag,
    summary: 'The captions of a video, one a language',
    action: 'video.read',
    params,
    selectable: 'items',
    replies: { 200: { description: 'All of them', schema: captionList } },
    errors: [],
    async handle({ params, permit, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const found = await captionsOf(video, context);
      return {
        status: 200,
        // One a language: they fit on one page.
        body: {
          items: found.map((caption) => presentCaption(caption, context.publicUrl)),
          nextCursor: null,
        },
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/captions/:language.vtt',
    tag,
    summary: 'Captions as WebVTT, by a redirect to the store',
    action: 'video.read',
    params: ofLanguage,
    replies: { 302: { description: 'To the text' } },
    errors: [],
    async handle({ params, permit, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const language = captionLanguage.safeParse(params.language).data;
      const found = (await captionsOf(video, context)).find((caption) => caption.language === language);
      if (!found) throw noCaptions();
      const url = await context.storage.presignGet('processed', found.key, addressSeconds);
      return { status: 302, headers: { Location: url, 'Cache-Control': 'private, max-age=60' } };
    },
  }),

  route({
    method: 'put',
    path: '/api/videos/:videoId/captions/:language',
    tag,
    summary: 'Send captions, as WebVTT or SubRip in UTF-8; they replace those in the same language',
    action: 'video.change',
    // Reading a megabyte of text holds up everybody for a quarter of a second.
    limit: 'ticket',
    params: ofLanguage,
    query: z.strictObject({
      title: z
        .string()
        .trim()
        .max(200)
        .default('')
        .meta({ description: 'For the menu of a player; without it the name of the language' }),
    }),
    body: textBody,
    text: { types: ['text/vtt', 'application/x-subrip', 'text/plain'], mostBytes: mostCaptionBytes },
    replies: {
      200: { description: 'Replaced what was sent before', schema: captionContract },
      201: { description: 'The first that was sent in this language', schema: captionContract },
    },
    errors: ['upload_incomplete', 'invalid_captions', 'plays_outside'],
    async handle({ params, query, body, permit, audit, context, log }) {
      const { db, storage, publicUrl } = context;
      const video = permit(await db.videos.find(params.videoId));
      refuseOutside(video);
      if (video.state === 'draft') {
        throw new MillraceError('upload_incomplete', 'A video takes captions once its upload is complete.');
      }
      const language = askedLanguage(params.language);
      const cues = checkCues(parseCaptions(body.bytes, formats[body.type]));
      const text = writeCaptions(cues);
      const caption = {
        videoId: video._id,
        generation: null,
        language,
        title: query.title,
        source: 'upload' as const,
        key: sentCaptionsKey(video._id, language, newId()),
        bytes: Buffer.byteLength(text),
        cues: cues.length,
        isDefault: false,
        createdAt: new Date(),
      };
      await storage.put('processed', caption.key, text, 'text/vtt; charset=utf-8');
      const replaced = await writeInTurn(context, video._id, async (session) => {
        await audit(session);
        return db.captions.put(caption, session);
      });
      const after = await db.videos.find(video._id);
      if (!after || after.state === 'deleted') {
        // Deleted meanwhile: what cleans up after it may have come by before this was stored.
        await removeObjects(await db.captions.remove(video._id, language), context, log);
        throw new MillraceError('not_found', 'There is no such video.');
      }
      if (replaced) await removeObjects([replaced], context, log);
      const shown = presentCaption(caption, publicUrl);
      if (replaced) return { status: 200, body: shown };
      return { status: 201, body: shown, headers: { Location: new URL(shown.url).pathname } };
    },
  }),

  route({
    method: 'delete',
    path: '/api/videos/:videoId/captions/:language',
    tag,
    summary: 'Remove the captions in a language, those from the file too',
    action: 'video.change',
    params: ofLanguage,
    replies: { 204: { description: 'Removed' } },
    errors: ['invalid_request'],
    async handle({ params, permit, audit, context, log }) {
      const { db } = context;
      const video = permit(await db.videos.find(params.videoId));
      const language = askedLanguage(params.language);
      const removed = await db.transaction(async (session) => {
        const gone = await db.captions.remove(video._id, language, session);
        if (gone.length === 0) throw noCaptions();
        await audit(session);
        return gone;
      });
      await removeObjects(removed, context, log);
      return { status: 204 };
    },
  }),
];

/** Those that go with what plays, or will. */
function captionsOf(video: Video, { db }: ApiContext): Promise<Caption[]> {
  return db.captions.of(video._id, playingGeneration(video) ?? video.generation);
}

/** An object that stays is found again by the video's prefix; nothing leads to it any more. */
async function removeObjects(captions: Caption[], { storage }: ApiContext, log: Log): Promise<void> {
  for (const { key } of captions) {
    await storage
      .remove('processed', key)
      .catch((error) => log.warn({ err: error, key }, 'captions not removed'));
  }
}

function askedLanguage(tag: string): string {
  const { data } = captionLanguage.safeParse(tag);
  if (data) return data;
  throw misfit('language', 'must be a language tag (BCP 47) like en, pt-BR or zh-Hans');
}

function noCaptions(): MillraceError {
  return new MillraceError('not_found', 'There are no captions in this language.');
}
