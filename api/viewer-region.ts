import type { Config } from '../shared/config.ts';
import { isRegion } from '../shared/regions.ts';

type Header = (name: string) => string | undefined;
type Asked = { header: Header; claim?: string | undefined };

/** The region that the CDN in front names, served or not; undefined where it names none that there is. */
export function toldRegion(header: Header, { REGION_HEADER }: Pick<Config, 'REGION_HEADER'>) {
  const told = REGION_HEADER === undefined ? undefined : header(REGION_HEADER)?.toUpperCase();
  return told !== undefined && isRegion(told) ? told : undefined;
}

/**
 * The region of who asks, one of those that are served: as the CDN in front says, else as the client itself says, else
 * the default.
 */
export function viewerRegion({ header, claim }: Asked, config: Config): string {
  const { REGIONS, DEFAULT_REGION } = config;
  const told = toldRegion(header, config);
  const known = [told, claim].find((region) => region !== undefined && REGIONS.includes(region));
  return known ?? DEFAULT_REGION ?? REGIONS[0] ?? 'ZZ';
}
