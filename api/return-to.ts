import { z } from 'zod';

/** A path of our own only: anything else would let a stranger's link end on a stranger's site. */
export const returnTo = z
  .string()
  .max(500)
  // What an address may hold as it is (RFC 3986): other characters must be escaped, as not all go into a header.
  .regex(
    /^\/(?!\/)(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*)?$/i,
    'must be a path that begins with one /',
  )
  .meta({ description: 'Where to go afterwards' });
