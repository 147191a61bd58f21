import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import type { Video } from '../../shared/db/video-record.ts';
import { isRightToLeft } from '../../shared/languages.ts';
import { policyWith } from '../middleware/security-headers.ts';
import { byRegion } from '../refuse-elsewhere.ts';
import { mayPlay } from '../refuse-unwatchable.ts';
import { route } from '../route.ts';
import { docsHeaders, docsPage, referenceHeaders, referencePage } from './docs-pages.ts';
import { escapeHtml, htmlPage } from './html.ts';

const tag = 'Pages';
const type = 'text/html';
/** Who passes a link on may add what they count it by. */
export const anyQuery = z.looseObject({});
const replies = { 200: { description: 'A page', type } };

/** Pages for people; they are no part of the api's contract. */
export const pageRoutes = [
  route({
    method: 'get',
    path: '/watch/:videoId',
    tag,
    summary: 'Watch a video',
    action: 'video.read',
    params: z.strictObject({ videoId }),
    query: anyQuery,
    replies,
    errors: [],
    async handle({ params, permit, caller, header, context }) {
      const video = permit(await context.db.videos.find(params.videoId));
      const { outside } = video;
      // Whom the player is refused the address of what plays outside, the page does not tell it either.
      const play = outside && mayPlay(video, { caller, header, context }) ? outside.playUrl : null;
      const policy = outside ? await policyWith({ play, poster: outside.posterUrl }, context) : {};
      const headers = {
        'Cache-Control': 'private, no-cache',
        ...policy,
        ...(outside ? byRegion(context) : {}),
      };
      return { status: 200, type, body: watchPage(video, play), headers };
    },
  }),

  route({
    method: 'get',
    path: '/docs',
    tag,
    summary: 'The api, explained',
    action: 'service.read',
    query: anyQuery,
    replies,
    errors: [],
    handle: () => ({ status: 200, type, body: docsPage, headers: docsHeaders }),
  }),

  route({
    method: 'get',
    path: '/redoc',
    tag,
    summary: 'The api, to read from end to end',
    action: 'service.read',
    query: anyQuery,
    replies,
    errors: [],
    handle: () => ({ status: 200, type, body: referencePage, headers: referenceHeaders }),
  }),
];

/** `playUrl`: where what was imported plays. */
function watchPage(
  video: Pick<Video, '_id' | 'title' | 'language' | 'outside'>,
  playUrl: string | null,
): string {
  const title = escapeHtml(video.title);
  // Of a file outside only its picture and sound are wanted, so it need not allow to be read by our pages.
  const crossOrigin = video.outside ? '' : ' crossorigin';
  const direction = isRightToLeft(video.language) ? 'rtl' : 'auto';
  const language = video.language === null ? '' : ` lang="${escapeHtml(video.language)}"`;
  return htmlPage({
    title: video.title,
    head: `<link rel="stylesheet" href="/assets/page.css">
<link rel="stylesheet" href="/assets/watch.css">
<script src="/assets/media-chrome.js" defer></script>
<script src="/assets/hls.js" defer></script>
<script src="/assets/watch.js" type="module"></script>`,
    body: `<main data-video-id="${video._id}">
<media-controller>
<video slot="media" playsinline${crossOrigin}></video>
<media-captions-menu anchor="auto" hidden></media-captions-menu>
<media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
<media-control-bar>
<media-play-button></media-play-button>
<media-mute-button></media-mute-button>
<media-volume-range></media-volume-range>
<media-time-range></media-time-range>
<media-time-display showduration></media-time-display>
<media-captions-menu-button></media-captions-menu-button>
<media-playback-rate-button></media-playback-rate-button>
<media-pip-button></media-pip-button>
<media-fullscreen-button></media-fullscreen-button>
</media-control-bar>
</media-controller>
<h1 dir="${direction}"${language}>${title}</h1>
<p><output id="state" aria-live="polite">…</output> <progress id="progress" aria-label="Encoding" max="100" value="0" hidden></progress></p>
<p id="sound" hidden><label>Sound <select></select></label></p>
<p id="facts"></p>
${linkOutside(playUrl)}<noscript><p>This page needs JavaScript to play the video.</p></noscript>
</main>`,
  });
}

/** For players of their own, and where the other site does not let ours read its playlists. */
function linkOutside(playUrl: string | null): string {
  if (playUrl === null) return '';
  const host = escapeHtml(new URL(playUrl).host);
  return `<p><a id="outside" href="${escapeHtml(playUrl)}" rel="noopener noreferrer">Open it at ${host}</a></p>\n`;
}
