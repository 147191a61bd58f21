/** The queues there are. One file of its own, because the configuration names queues too. */
export const queueNames = [
  'probe',
  'encode',
  'copy',
  'audio',
  'captions',
  'images',
  'publish',
  'trending',
  'search',
  'sweep',
] as const;

export type QueueName = (typeof queueNames)[number];
