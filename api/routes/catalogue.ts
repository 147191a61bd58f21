import { z } from 'zod';
import { id } from '../../shared/contracts/common.ts';
import { knownRegion } from '../../shared/contracts/regions.ts';
import { newUpload } from '../../shared/contracts/uploads.ts';
import { videoPage, visibilities } from '../../shared/contracts/videos.ts';
import { type VideoScope, videoOrders } from '../../shared/db/catalogue.ts';
import { MillraceError } from '../../shared/errors.ts';
import { videoStates } from '../../shared/video-state.ts';
import { knownCategories } from '../known-category.ts';
import { pageParams, readPage } from '../lists.ts';
import { presentSummary } from '../present.ts';
import { route } from '../route.ts';

const { category, tags, language } = newUpload.shape;
const path = '/api/videos';
const ofMine = { description: 'With `mine=true` only' };

const query = z.strictObject({
  mine: z.enum(['true', 'false']).default('false').meta({ description: 'Needs a signed-in account' }),
  ownerId: id('What everyone may see of one account', '4d1c0e9d3a4b6c7d8e9f0a12').optional(),
  region: knownRegion.optional().meta({ description: 'What may be seen there (ISO 3166-1)', example: 'GB' }),
  category: category
    .unwrap()
    .optional()
    .meta({ description: 'What is in it, or in one below it', example: 'nature' }),
  language: language.unwrap().optional(),
  tag: tags.unwrap().element.optional().meta({ description: 'One of its tags', example: 'sea' }),
  visibility: z.enum(visibilities).optional().meta(ofMine),
  state: z.enum(videoStates).exclude(['draft', 'deleted']).optional().meta(ofMine),
  ...pageParams(videoOrders),
});

type Query = z.infer<typeof query>;

export const catalogueRoutes = [
  route({
    method: 'get',
    path,
    tag: 'Videos',
    summary: 'A list of videos: everyone’s public ones, or all of mine',
    description:
      'The newest come first, unless `sort` says otherwise. Filters may be combined. Items that come and go between ' +
      'pages neither repeat others nor hide them.',
    action: 'video.list',
    query,
    selectable: 'items',
    replies: { 200: { description: 'One page', schema: videoPage } },
    errors: ['not_signed_in', 'unknown_category'],
    async handle({ query, caller, context }) {
      const { db, config, publicUrl } = context;
      const scope = scopeOf(query, caller?._id);
      const { region, language, tag, visibility, state } = query;
      const category =
        query.category === undefined ? undefined : await knownCategories(query.category, context);
      const filter = { region, category, language, tags: tag, visibility, state };
      const { items, nextCursor } = await readPage(
        { path, scope: scope.ownerId, orders: videoOrders, query, secretKey: config.SECRET_KEY },
        (page) => db.catalogue.page(scope, filter, page),
      );
      return {
        status: 200,
        body: { items: items.map((item) => presentSummary(item, publicUrl)), nextCursor },
      };
    },
  }),
];

/** @throws MillraceError not_signed_in, or invalid_request for filters that do not go together */
function scopeOf(query: Query, callerId: string | undefined): VideoScope {
  const isMine = query.mine === 'true';
  const message = isMine ? 'does not go with mine=true' : 'goes with mine=true only';
  const wrong = (isMine ? (['ownerId'] as const) : (['visibility', 'state'] as const)).filter(
    (name) => query[name] !== undefined,
  );
  if (wrong.length > 0) {
    throw new MillraceError('invalid_request', `The request does not fit: ${wrong.join(', ')} ${message}.`, {
      violations: wrong.map((pointer) => ({ pointer, message })),
    });
  }
  if (!isMine) return { of: 'everyone', ownerId: query.ownerId };
  if (callerId) return { of: 'owner', ownerId: callerId };
  throw new MillraceError('not_signed_in', 'Your own videos need a signed-in account.');
}
