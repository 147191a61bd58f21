import { trusted } from 'mongoose';

/**
 * The filter for what everyone may see: a video that is encoded again goes on playing meanwhile. With a region: and may
 * see there.
 */
export function shown(region?: string, now = new Date()) {
  return {
    visibility: 'public' as const,
    activeGeneration: trusted({ $gte: 0 }),
    state: trusted({ $ne: 'deleted' as const }),
    // Null, or not there, is active.
    ownerStatus: trusted({ $in: ['active' as const, null] }),
    takenDown: null,
    publishedAt: trusted({ $lte: now }),
    // An empty list is everywhere.
    ...(region === undefined ? {} : { regions: trusted({ $in: [region, [] as never] }) }),
  };
}
