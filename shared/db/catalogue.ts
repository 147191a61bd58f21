import { type Connection, trusted } from 'mongoose';
import type { Visibility } from '../contracts/videos.ts';
import type { VideoState } from '../video-state.ts';
import { keyset, type Page } from './keyset.ts';
import { shown } from './shown.ts';
import { type ListedVideo, listed, titleCollation, type Video } from './video-record.ts';

/** The orders of videos, the usual one first. Each has an index for each filter of everyone's list. */
export const videoOrders = {
  '-publishedAt': { field: 'publishedAt', direction: -1 },
  publishedAt: { field: 'publishedAt', direction: 1 },
  title: { field: 'title', direction: 1, collation: titleCollation },
  '-title': { field: 'title', direction: -1, collation: titleCollation },
} as const;

/** What a list of videos may be narrowed to. */
type VideoFilter = {
  /** One of these. */
  category?: readonly string[] | undefined;
  language?: string | undefined;
  tags?: string | undefined;
  visibility?: Visibility | undefined;
  state?: VideoState | undefined;
  /** Where it may be seen. */
  region?: string | undefined;
};

/** Of whom: what everyone may see, perhaps of one owner alone, or all that one owner has. */
export type VideoScope = { of: 'everyone'; ownerId?: string | undefined } | { of: 'owner'; ownerId: string };

/** What viewers ask: lists of videos. */
export function catalogueStore(connection: Connection) {
  const model = connection.model<Video>('Video');
  return {
    async page({ of, ownerId }: VideoScope, filter: VideoFilter, page: Page): Promise<ListedVideo[]> {
      const { category: categories, region, ...equal } = filter;
      const given = Object.entries({ ...equal, ownerId }).filter(([, value]) => value !== undefined);
      const asked = {
        ...Object.fromEntries(given),
        ...(categories ? { category: oneOf(categories) } : {}),
        ...(region ? { regions: shown(region).regions } : {}),
      };
      const known = { state: trusted({ $nin: ['draft' as const, 'deleted' as const] }) };
      const { rest, sort } = keyset(page);
      return (
        model
          // Side by side: the order may go by a field that the filter asks for, too.
          .find({ $and: [of === 'everyone' ? { ...asked, ...shown() } : { ...known, ...asked }, rest] })
          .collation(page.order.collation ?? { locale: 'simple' })
          .select(listed)
          .sort(sort)
          .limit(page.limit)
          .maxTimeMS(5000)
          .lean<ListedVideo[]>()
      );
    },
  };
}

function oneOf(values: readonly string[]) {
  return values.length === 1 ? values[0] : trusted({ $in: values });
}
