import { z } from 'zod';
import { videoId } from '../../shared/contracts/common.ts';
import { newView, viewReply } from '../../shared/contracts/views.ts';
import { MillraceError } from '../../shared/errors.ts';
import { misfit } from '../misfit.ts';
import { refuseUnwatchable } from '../refuse-unwatchable.ts';
import { route } from '../route.ts';
import { viewerRegion } from '../viewer-region.ts';

export const viewRoutes = [
  route({
    method: 'post',
    path: '/api/videos/:videoId/views',
    tag: 'Videos',
    summary: 'Count a view',
    description:
      'For players: send it after 10 s or 30 % were watched, and again now and then while more is, with the sum. A viewer ' +
      'counts once per video and hour; what is watched beyond that is added to the time watched. A viewer is an ' +
      'account, else an address and a `User-Agent`, of which only a keyed hash is kept, for a day.',
    action: 'video.view',
    limit: 'view',
    params: z.strictObject({ videoId }),
    body: newView,
    replies: { 200: { description: 'Whether it is one view more', schema: viewReply } },
    errors: ['not_playable_yet', 'taken_down'],
    async handle({ params, body, caller, permit, header, address, context }) {
      const { viewing, config } = context;
      const { region: claim } = body;
      if (claim !== undefined && !config.REGIONS.includes(claim)) {
        throw misfit('/region', `must be one of ${config.REGIONS.join(', ')}`);
      }
      const found = permit(await viewing.find(params.videoId));
      refuseUnwatchable(found);
      const watching = {
        ...{
          video: found,
          watchedSeconds: body.watchedSeconds,
          region: viewerRegion({ header, claim }, config),
        },
        ...{ accountId: caller?._id, address, userAgent: header('User-Agent') ?? '' },
      };
      const reason = await viewing.count(watching).catch((cause) => {
        throw new MillraceError('unavailable', 'Views cannot be counted right now.', { cause });
      });
      return { status: 200, body: { counted: reason === null, reason } };
    },
  }),
];
