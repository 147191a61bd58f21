/** The versions of the api that are served, the default first. */
export const versions = [1, 2] as const;
export type Version = (typeof versions)[number];

/** From when on version 1 is discouraged where version 2 differs, and when it ends there. */
export const olderVersion = {
  since: new Date('2026-12-01T00:00:00Z'),
  sunset: new Date('2027-12-01T00:00:00Z'),
};
