import { z } from 'zod';

/** A path of our own only: anything else would let a stranger's link end on a stranger's site. */
export const returnTo = z
  .string()
  .max(500)
  // What an address may hold as it is: other characters must be escaped, as they do not go into a header.
  .regex(/^\/(?!\/)[!-[\]-~]*$/, 'must be a path that begins with one /, of visible ASCII without \\')
  .meta({ description: 'Where to go afterwards' });
