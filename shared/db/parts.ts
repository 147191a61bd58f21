import { type Connection, Schema, trusted } from 'mongoose';
import type { Loudness, RenditionPart } from '../contracts/encoding.ts';
import type { ErrorCode } from '../errors.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import type { Attempt } from './video-record.ts';

const steps = ['encode', 'copy', 'audio', 'captions', 'images'] as const;
type PartStep = (typeof steps)[number];

/**
 * What one job of an attempt has made so far. What is done is derived from these rows, never from the queue,
 * so that losing the queue loses no work.
 */
export type Part = {
  _id: string;
  videoId: string;
  generation: number;
  step: PartStep;
  n: number;
  /** Frames encoded so far; final when done. */
  frames: number;
  /** When its first frames were reported; null where it ended before. */
  beganAt: Date | null;
  /** Seconds that the job ran. */
  seconds: number;
  /** Of a track that is made whole they grow while the job runs. */
  renditions: RenditionPart[];
  /** Some of it could not be decoded: there a chunk shows a picture from beside it, and an audio track is silent. */
  isPatched: boolean;
  /** Of an audio track; null when there was nothing to measure. */
  loudness: Loudness | null;
  /** Why there will be no result: a fault of the media file that the video can live with. */
  failure: { code: ErrorCode; message: string } | null;
  doneAt: Date | null;
};

export type PartId = Attempt & { step: PartStep; n: number };

const schema = new Schema<Part>(
  {
    _id: { type: String, required: true },
    videoId: { type: String, required: true },
    generation: { type: Number, required: true },
    step: { type: String, enum: steps, required: true },
    n: { type: Number, required: true },
    frames: { type: Number, default: 0 },
    beganAt: { type: Date, default: null },
    seconds: { type: Number, default: 0 },
    renditions: { type: [Object], default: [] },
    isPatched: { type: Boolean, default: false },
    loudness: { type: Object, default: null },
    failure: { type: Object, default: null },
    doneAt: { type: Date, default: null },
  },
  { versionKey: false, collection: 'parts' },
).index({ videoId: 1, generation: 1, step: 1, n: 1 }, { unique: true });

export type Encoded = { frames: number; beganAt: Date | null };

const milliseconds = { $multiply: ['$seconds', 1000] };
const idOf = ({ videoId, generation, step, n }: PartId) => `${videoId}-g${generation}-${step}-${n}`;

export function partStore(connection: Connection) {
  const model = connection.model('Part', schema);

  async function finish(id: PartId, result: Partial<Part>): Promise<void> {
    // A part that is done stays as it is: a second run of the same job changes nothing.
    await model
      .updateOne(
        { _id: idOf(id), doneAt: null },
        { $set: { ...id, ...result, doneAt: new Date() } },
        { upsert: true },
      )
      .catch(unlessDuplicate);
  }

  return {
    finish: (
      id: PartId,
      result: Pick<Part, 'frames' | 'seconds' | 'renditions'> & Partial<Pick<Part, 'loudness' | 'isPatched'>>,
    ) => finish(id, result),

    /** What a running job has stored so far. A job that runs again does not take back what is known. */
    async grow(id: PartId, rendition: RenditionPart): Promise<void> {
      const { frames } = rendition;
      await model
        .updateOne(
          { _id: idOf(id), doneAt: null, frames: trusted({ $lt: frames }) },
          { $set: { ...id, frames, renditions: [rendition] } },
          { upsert: true },
        )
        .catch(unlessDuplicate);
    },

    giveUp: (id: PartId, failure: Part['failure']) => finish(id, { failure }),

    /** Frames only ever grow, so that the percentage that people see does too. */
    async progress(id: PartId, frames: number): Promise<void> {
      await model
        .updateOne(
          { _id: idOf(id), doneAt: null },
          { $max: { frames }, $setOnInsert: { ...id, beganAt: new Date() } },
          { upsert: true, writeConcern: { w: 1 } },
        )
        .catch(unlessDuplicate);
    },

    async isDone(id: PartId): Promise<boolean> {
      return (await model.exists({ _id: idOf(id), doneAt: trusted({ $ne: null }) })) !== null;
    },

    /** In order of step and number. */
    of: ({ videoId, generation }: Attempt): Promise<Part[]> =>
      model.find({ videoId, generation }).sort({ step: 1, n: 1 }).lean(),

    /** Frames of the picture encoded so far, and since when. */
    async encoded({ videoId, generation }: Attempt): Promise<Encoded> {
      const [found] = await model.aggregate<Encoded>([
        { $match: { videoId, generation, step: 'encode' } },
        {
          $project: {
            frames: 1,
            beganAt: { $ifNull: ['$beganAt', { $subtract: ['$doneAt', milliseconds] }] },
          },
        },
        { $group: { _id: null, frames: { $sum: '$frames' }, beganAt: { $min: '$beganAt' } } },
      ]);
      return { frames: found?.frames ?? 0, beganAt: found?.beganAt ?? null };
    },

    /** Forgets the parts of one attempt, or of all. */
    async remove(videoId: string, generation?: number): Promise<void> {
      await model.deleteMany({ videoId, ...(generation === undefined ? {} : { generation }) });
    },
  };
}

/** An upsert whose filter excludes the existing row tries to insert it again: then there was nothing to do. */
function unlessDuplicate(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}
