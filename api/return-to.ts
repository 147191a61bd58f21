import { z } from 'zod';

/** A path of our own only: anything else would let a stranger's link end on a stranger's site. */
export const returnTo = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path that begins with one /')
  .meta({ description: 'Where to go afterwards' });
