import type { Config } from '../shared/config.ts';

type Asked = { header(name: string): string | undefined; claim?: string | undefined };

/**
 * The region of who asks, one of those that are served: as the CDN in front says, else as the client itself says, else
 * the default.
 */
export function viewerRegion(
  { header, claim }: Asked,
  { REGIONS, REGION_HEADER, DEFAULT_REGION }: Config,
): string {
  const told = REGION_HEADER === undefined ? undefined : header(REGION_HEADER)?.toUpperCase();
  const known = [told, claim].find((region) => region !== undefined && REGIONS.includes(region));
  return known ?? DEFAULT_REGION ?? REGIONS[0] ?? 'ZZ';
}
