import { z } from 'zod';
import { captionLanguage, captionLanguageParam } from '../../shared/contracts/captions.ts';
import { videoId } from '../../shared/contracts/common.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { MillraceError } from '../../shared/errors.ts';
import { captionPlaylist, withCaptions } from '../../shared/hls-captions.ts';
import { generationPrefix } from '../../shared/keys.ts';
import type { ApiContext } from '../context.ts';
import { byRegion } from '../refuse-elsewhere.ts';
import { refusePlaying } from '../refuse-unwatchable.ts';
import { type Reply, route } from '../route.ts';
import { signPlaylist } from '../sign-playlist.ts';

const tag = 'Playback';
const type = 'application/vnd.apple.mpegurl';
const generation = z
  .string()
  .regex(/^g[1-9]\d{0,5}$/)
  .meta({ description: 'An attempt at the video', example: 'g1' });
const base = { videoId, generation };
const folder = z.string().regex(/^[a-z0-9-]{1,40}$/);
const kind = z.enum(['index', 'iframes']).meta({ description: 'For playing, or for scrubbing' });
const replies = { 200: { description: 'An HLS playlist', type } };

/** No redirects here: addresses of segments stand signed in the playlist, as Apple's rules ask. */
export const playlistRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId/hls/:generation/master.m3u8',
    tag,
    summary: 'The master playlist',
    action: 'video.read',
    params: z.strictObject(base),
    replies,
    errors: ['not_in_region', 'taken_down'],
    handle: async ({ params, permit, caller, header, context }) =>
      sendPlaylist(
        refusePlaying(permit(await context.db.videos.find(params.videoId)), { caller, header, context }),
        params.generation,
        'master',
        context,
      ),
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/hls/:generation/:rung/:kind.m3u8',
    tag,
    summary: 'The playlist of one rung: `index`, or `iframes` for scrubbing',
    action: 'video.read',
    params: z.strictObject({ ...base, rung: folder.meta({ description: 'A rung', example: '720p' }), kind }),
    replies,
    errors: ['not_in_region', 'taken_down'],
    handle: async ({ params, permit, caller, header, context }) =>
      sendPlaylist(
        refusePlaying(permit(await context.db.videos.find(params.videoId)), { caller, header, context }),
        params.generation,
        `${params.rung}/${params.kind}`,
        context,
      ),
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/hls/:generation/audio/:track/index.m3u8',
    tag,
    summary: 'The playlist of one audio track',
    action: 'video.read',
    params: z.strictObject({ ...base, track: folder.meta({ description: 'An audio track', example: 'en' }) }),
    replies,
    errors: ['not_in_region', 'taken_down'],
    handle: async ({ params, permit, caller, header, context }) =>
      sendPlaylist(
        refusePlaying(permit(await context.db.videos.find(params.videoId)), { caller, header, context }),
        params.generation,
        `audio/${params.track}/index`,
        context,
      ),
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/hls/:generation/captions/:language/index.m3u8',
    tag,
    summary: 'The playlist of the captions in one language',
    action: 'video.read',
    params: z.strictObject({ ...base, language: captionLanguageParam }),
    replies,
    errors: ['not_in_region', 'taken_down'],
    async handle({ params, permit, caller, header, context }) {
      const { db, storage, config } = context;
      const asking = { caller, header, context };
      const video = refusePlaying(permit(await db.videos.find(params.videoId)), asking);
      const language = captionLanguage.safeParse(params.language).data;
      const captions = await db.captions.of(video._id, Number(params.generation.slice(1)));
      const found = captions.find((caption) => caption.language === language);
      if (!found || video.durationSeconds === null) {
        throw new MillraceError('not_found', 'There are no captions in this language.');
      }
      const seconds = config.PLAYBACK_URL_TTL_SECONDS;
      const url = await storage.presignGet('processed', found.key, seconds);
      const body = captionPlaylist(video.durationSeconds, url);
      const headers = { 'Cache-Control': `private, max-age=${Math.min(60, seconds)}`, ...byRegion(context) };
      return { status: 200, type, body, headers };
    },
  }),
];

async function sendPlaylist(video: Video, asked: string, name: string, context: ApiContext): Promise<Reply> {
  const { db, storage, config } = context;
  const generation = Number(asked.slice(1));
  const playlist = await db.playlists.find({ videoId: video._id, generation }, name);
  if (!playlist) throw new MillraceError('not_found', 'There is no such playlist, or not yet.');
  const rendition = name.slice(0, Math.max(0, name.lastIndexOf('/')));
  const keyPrefix = `${generationPrefix(video._id, generation)}${rendition}/`;
  const seconds = config.PLAYBACK_URL_TTL_SECONDS;
  const body =
    name === 'master'
      ? withCaptions(playlist.text, await db.captions.of(video._id, generation))
      : await signPlaylist(playlist.text, (file) =>
          storage.presignGet('processed', `${keyPrefix}${file}`, seconds),
        );
  const maxAge = playlist.isFinal ? Math.min(60, seconds) : 1;
  const headers = { 'Cache-Control': `private, max-age=${maxAge}`, ...byRegion(context) };
  return { status: 200, type, body, headers };
}
