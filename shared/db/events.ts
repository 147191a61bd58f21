import { type ClientSession, type Connection, Schema } from 'mongoose';

/** A fact about a video that others may want to hear of; written with the change that makes it true. */
export type VideoEvent = {
  _id: string;
  type: string;
  videoId: string;
  generation: number;
  at: Date;
  data: Record<string, unknown>;
};

const schema = new Schema<VideoEvent>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    videoId: { type: String, required: true },
    generation: { type: Number, required: true },
    at: { type: Date, required: true },
    data: { type: Object, default: {} },
  },
  { versionKey: false, collection: 'events', minimize: false },
).index({ videoId: 1, at: 1 });

export function eventStore(connection: Connection) {
  const model = connection.model('Event', schema);
  return {
    /**
     * The id names the fact, so that the same fact can never be written twice. What may happen again to one attempt has
     * an `occasion`.
     */
    async record(
      event: Pick<VideoEvent, 'type' | 'videoId' | 'generation' | 'data'>,
      session: ClientSession,
      occasion?: string,
    ): Promise<void> {
      const again = occasion === undefined ? '' : `-${occasion}`;
      const _id = `${event.videoId}-g${event.generation}-${event.type}${again}`;
      await model.create([{ _id, ...event, at: new Date() }], { session });
    },

    ofVideo: (videoId: string) => model.find({ videoId }).sort({ at: 1 }).lean(),
  };
}
