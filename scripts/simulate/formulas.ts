import type { Counts } from '../../shared/db/views.ts';
import { addCounts, type Heat } from './our-heat.ts';

export type StepCounts = Omit<Counts, 'watchSeconds'> & { dislikes: number };

/** What a formula knows of a video. Higher scores come first; equal ones as they were published. */
export type Formula = {
  name: string;
  /** Takes in what was counted in a step that ends at `until`, in hours. */
  follow(publishedAt: number): { count(counts: StepCounts, until: number): void; score(now: number): number };
};

/** Its unit is the second, and half a day of age is worth 1. */
const peerTubeSeconds = 47_000;
const weekHours = 7 * 24;

export const formulas: readonly Formula[] = [
  {
    name: 'Millrace',
    follow() {
      let heat: Heat;
      return {
        count(counts, until) {
          // Events are as old as the beginning of their hour.
          heat = addCounts(heat, counts, Math.ceil(until) - 1);
        },
        score: () => heat ?? Number.NEGATIVE_INFINITY,
      };
    },
  },
  {
    // `hot` in server/core/models/video/sql/video/videos-id-list-query-builder.ts: everything since the publication.
    name: 'PeerTube, hot',
    follow(publishedAt) {
      const all = { views: 0, likes: 0, dislikes: 0, comments: 0 };
      const base = (publishedAt * 3600) / peerTubeSeconds;
      return {
        count(counts) {
          for (const name of ['views', 'likes', 'dislikes', 'comments'] as const) all[name] += counts[name];
        },
        score: () =>
          150 * Math.log10(Math.max(1, all.likes - 1)) -
          150 * Math.log10(Math.max(1, all.dislikes - 1)) +
          16 * Math.log10(all.views + 1) +
          100 * Math.log10(Math.max(1, all.comments)) +
          base,
      };
    },
  },
  {
    // `trending` there: views whose hour began in the last seven days.
    name: 'PeerTube, most viewed in 7 days',
    follow() {
      const hours: { hour: number; views: number }[] = [];
      let sum = 0;
      return {
        count({ views }, until) {
          const hour = Math.ceil(until) - 1;
          const last = hours.at(-1);
          if (last?.hour === hour) last.views += views;
          else if (views > 0) hours.push({ hour, views });
          sum += views;
        },
        score(now) {
          while (hours[0] && hours[0].hour < now - weekHours) sum -= hours.shift()?.views ?? 0;
          return sum;
        },
      };
    },
  },
];
