import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { editPage } from '../../shared/contracts/edits.ts';
import { editOrders } from '../../shared/db/edits.ts';
import { pageParams, readPage } from '../lists.ts';
import { presentEdit } from '../present-edit.ts';
import { route } from '../route.ts';

const path = '/api/videos/:videoId/edits';

export const editRoutes = [
  route({
    method: 'get',
    path,
    tag: 'Moderation',
    summary: 'Who has changed what of a video, the newest first',
    description: 'It goes with the video.',
    action: 'video.history',
    params: z.strictObject({ videoId }),
    query: z.strictObject(pageParams(editOrders)),
    replies: { 200: { description: 'One page', schema: editPage } },
    errors: [],
    async handle({ params, query, permit, context: { db, config } }) {
      const { _id } = permit(await db.videos.find(params.videoId));
      const { items, nextCursor } = await readPage(
        { path, scope: _id, orders: editOrders, query, secretKey: config.SECRET_KEY },
        (page) => db.edits.page(_id, page),
      );
      return {
        status: 200,
        body: { items: items.map(presentEdit), nextCursor },
        headers: { 'Cache-Control': 'no-store' },
      };
    },
  }),
];
