import type { User } from '../shared/db/users.ts';
import type { Video } from '../shared/db/video-record.ts';
import { MillraceError } from '../shared/errors.ts';
import { decide } from './access/policy.ts';
import type { ApiContext } from './context.ts';
import { toldRegion } from './viewer-region.ts';

export type Asking = {
  caller: User | undefined;
  header(name: string): string | undefined;
  context: Pick<ApiContext, 'config'>;
};

/**
 * Playing is for those whom the CDN places in one of the video's regions, and for those whom it does not place at all:
 * what clients say of themselves, and the default, refuse nobody. Owners and moderators play everywhere.
 * @throws MillraceError not_in_region
 */
export function refuseElsewhere<V extends Video>(video: V, { caller, header, context }: Asking): V {
  const region = toldRegion(header, context.config);
  if (video.regions.length === 0 || region === undefined || video.regions.includes(region)) return video;
  if (decide('video.change', caller, video) === 'allowed') return video;
  throw new MillraceError('not_in_region', `The video is not shown in your region (${region}).`);
}

/** For replies of which the region decides whether they are given. */
export function byRegion({ config: { REGION_HEADER } }: Asking['context']): Record<string, string> {
  return REGION_HEADER === undefined ? {} : { Vary: REGION_HEADER };
}
