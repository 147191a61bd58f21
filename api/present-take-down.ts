import type { z } from 'zod';
import type { takeDown } from '../shared/contracts/reports.ts';
import type { TakeDown } from '../shared/db/video-record.ts';

/** As the owner sees it: not by whom. */
export function presentTakeDown({ at, reason, message }: TakeDown): z.infer<typeof takeDown> {
  return { at: at.toISOString(), reason, message };
}
