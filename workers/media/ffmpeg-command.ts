/** A whole run of ffmpeg as data: what tests compare and `runFfmpeg` executes. */
export type FfmpegCommand = {
  input: { path: string; options: string[] };
  /** The graph that makes the labelled outputs, when there is one. */
  filter?: string;
  outputs: { path: string; options: string[] }[];
};
