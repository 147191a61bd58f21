/** A whole run of ffmpeg as data: what tests compare and `runFfmpeg` executes. */
export type FfmpegCommand = {
  /** `graph`: a filter graph that reads the file, instead of its path. */
  input: { path: string; options: string[] } | { graph: string; options: string[] };
  /** The inputs after the first, when there are several. */
  moreInputs?: { path: string; options: string[] }[];
  /** The graph that makes the labelled outputs, when there is one. */
  filter?: string;
  outputs: { path: string; options: string[] }[];
};

/** Seconds with microseconds, the finest that ffmpeg's options keep. */
export function decimal(seconds: number): string {
  return seconds.toFixed(6).replace(/\.?0+$/, '');
}
