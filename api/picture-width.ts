import { z } from 'zod';
import { inDigits } from '../shared/contracts/common.ts';

/** The query of pictures that there are in several sizes. */
export const withWidth = z.strictObject({
  width: inDigits(z.int().min(1).max(10_000).optional()).meta({
    example: 640,
    description: 'Pixels; the next size at or above it is given, without it the largest',
  }),
});

/** Of rising widths the next one at or above what was asked for; undefined when there is none at all. */
export function chosenWidth(widths: number[], asked = Number.POSITIVE_INFINITY): number | undefined {
  return widths.find((one) => one >= asked) ?? widths.at(-1);
}
