/** The states of a video, and the moves between them. Pure; every writer of `state` goes through here. */
export const videoStates = [
  'draft',
  'uploaded',
  'probing',
  'encoding',
  'publishing',
  'ready',
  'failed',
  'deleted',
] as const;

export type VideoState = (typeof videoStates)[number];

/**
 * From which states each state may be entered. A state that a job works in may be entered again, since a job
 * whose worker died is run again.
 */
const enteredFrom: Record<VideoState, readonly VideoState[]> = {
  draft: [],
  uploaded: ['draft'],
  probing: ['uploaded', 'probing'],
  encoding: ['probing'],
  publishing: ['encoding', 'publishing'],
  ready: ['publishing'],
  failed: ['uploaded', 'probing', 'encoding', 'publishing'],
  deleted: ['draft', 'uploaded', 'probing', 'encoding', 'publishing', 'ready', 'failed'],
};

/**
 * From which states another attempt, with the next generation, may begin: because a person asks for it, or because
 * the pipeline finds that its plan does not work. Both enter `uploaded`.
 */
export const anotherFrom = {
  reprocess: ['ready', 'failed'],
  restart: ['encoding', 'publishing'],
} as const satisfies Record<string, readonly VideoState[]>;

export function sourcesOf(state: VideoState): readonly VideoState[] {
  return enteredFrom[state];
}

/** Seconds without any news after which a sweep looks whether the work on a video is still alive. */
export const quietSeconds: Partial<Record<VideoState, number>> = {
  uploaded: 10,
  probing: 60,
  encoding: 60,
  publishing: 60,
};

/** The states that only a person ends: no job works on the video, and none waits. */
export const endStates = ['ready', 'failed', 'deleted'] as const satisfies readonly VideoState[];

export function hasEnded(state: VideoState): boolean {
  return (endStates as readonly VideoState[]).includes(state);
}

/** True when Millrace still works on the video, so that a client should ask again. */
export function isInProgress(state: VideoState): boolean {
  return state in quietSeconds;
}
