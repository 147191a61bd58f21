import { z } from 'zod';
import { type QueueName, queueNames } from './queue-names.ts';

const work = z.object({ videoId: z.string().regex(/^[0-9a-f]{24}$/), generation: z.int().positive() });
const index = z.int().nonnegative();

type QueueRow = {
  payload: z.ZodType;
  /** How often a job is tried when it fails; a lost worker costs no attempt. */
  attempts: number;
  /** After this a job is stopped and counts as failed. */
  timeoutSeconds: number;
};

/** The queue table. A payload is parsed when it is added and again when it runs: old jobs outlive types. */
export const queues = {
  probe: { payload: work, attempts: 4, timeoutSeconds: 900 },
  encode: { payload: work.extend({ chunk: index }), attempts: 4, timeoutSeconds: 3600 },
  copy: { payload: work, attempts: 4, timeoutSeconds: 3600 },
  audio: { payload: work.extend({ track: index }), attempts: 4, timeoutSeconds: 3600 },
  captions: { payload: work.extend({ track: index }), attempts: 4, timeoutSeconds: 900 },
  /**
   * With a version, the job makes that poster, which somebody has chosen; without, the images of an encoding. Or it
   * makes the picture of a person from that upload.
   */
  images: {
    payload: z.union([
      z.object({ personPicture: z.string().regex(/^[0-9a-f]{24}$/) }),
      work.extend({ poster: z.int().positive().optional() }),
    ]),
    attempts: 4,
    timeoutSeconds: 600,
  },
  publish: { payload: work, attempts: 4, timeoutSeconds: 900 },
  trending: { payload: z.object({}), attempts: 1, timeoutSeconds: 600 },
  search: { payload: z.object({}), attempts: 1, timeoutSeconds: 600 },
  sweep: { payload: z.object({}), attempts: 1, timeoutSeconds: 600 },
} as const satisfies Record<QueueName, QueueRow>;

export type Payload<Q extends QueueName> = z.infer<(typeof queues)[Q]['payload']>;

/** Options that every job of a queue is added with. */
export function jobOptions(queue: QueueName) {
  return {
    attempts: queues[queue].attempts,
    backoff: { type: 'exponential', delay: 1000, jitter: 0.3 },
    removeOnComplete: { age: 3600, count: 1000 },
    removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
    stackTraceLimit: 5,
  };
}

export { type QueueName, queueNames };
