import { z } from 'zod';
import {
  analytics,
  analyticsQuery,
  ownAnalytics,
  ownAnalyticsQuery,
} from '../../shared/contracts/analytics.ts';
import { videoId } from '../../shared/contracts/common.ts';
import { periodOf } from '../analytics-period.ts';
import { analyticsCsv, presentAnalytics, presentOwnAnalytics } from '../present-analytics.ts';
import { route } from '../route.ts';

const tag = 'Analytics';
const params = z.strictObject({ videoId });

export const analyticsRoutes = [
  route({
    method: 'get',
    path: '/api/videos/:videoId/analytics',
    tag,
    summary: 'Views, time watched, likes and comments of a video, by time and region',
    description:
      'As of the last count, some minutes ago at most. Days are days in UTC. What an import has brought counts on the ' +
      'day of publication, with no time watched.',
    action: 'video.measure',
    params,
    query: analyticsQuery,
    replies: { 200: { description: 'The figures', schema: analytics } },
    errors: [],
    async handle({ params, query, permit, context: { db } }) {
      const { _id } = permit(await db.videos.find(params.videoId));
      const period = periodOf(query);
      return { status: 200, body: presentAnalytics(_id, period, await db.analytics.ofVideo(_id, period)) };
    },
  }),

  route({
    method: 'get',
    path: '/api/videos/:videoId/analytics.csv',
    tag,
    summary: 'The same as comma-separated values (RFC 4180), a line for each time and region',
    action: 'video.measure',
    params,
    query: analyticsQuery,
    replies: { 200: { description: 'A line of names, then the figures', type: 'text/csv' } },
    errors: [],
    async handle({ params, query, permit, context: { db } }) {
      const { _id } = permit(await db.videos.find(params.videoId));
      const period = periodOf(query);
      const body = analyticsCsv(period.by, await db.analytics.ofVideo(_id, period));
      return { status: 200, type: 'text/csv', body };
    },
  }),

  route({
    method: 'get',
    path: '/api/analytics',
    tag,
    summary: 'My videos: how many, what they came to, and the most viewed',
    action: 'video.measure',
    query: ownAnalyticsQuery,
    replies: { 200: { description: 'Since they were made', schema: ownAnalytics } },
    errors: [],
    async handle({ query, caller, context: { db } }) {
      const [counts, top] = await Promise.all([
        db.analytics.ofOwner(caller._id),
        db.analytics.mostViewed(caller._id, query.limit),
      ]);
      return { status: 200, body: presentOwnAnalytics(counts, top) };
    },
  }),
];
