/** What the pipeline plans and what its steps hand on. Stored in MongoDB, so every field is plain data. */

/** A rational number of frames per second, e.g. 30000/1001. */
export type FrameRate = { numerator: number; denominator: number };

/** One step of the ladder: sizes in pixels (even), rates in bit/s. */
export type Rung = {
  name: string;
  width: number;
  height: number;
  crf: number;
  maxBitrate: number;
  bufferBits: number;
};

/** Output frames [startFrame, endFrame). */
export type FrameSpan = { startFrame: number; endFrame: number };

/** What one encode job makes for every rung. */
export type Chunk = FrameSpan & {
  /** Where reading the source begins, in seconds from its own start; null for its beginning. */
  seekSeconds: number | null;
};

/** One audio track to make, by its index among the source's streams. */
export type AudioTrack = {
  name: string;
  streamIndex: number;
  language: string;
  title: string;
  isDefault: boolean;
};

/** The whole work on one video, decided once by `probe`. Times in seconds. */
export type EncodingPlan = {
  /** The output's length: frameCount / rate. */
  durationSeconds: number;
  frameCount: number;
  rate: FrameRate;
  /** Frames between key frames; a fragment each. */
  gopFrames: number;
  /** Frames of a full segment, a multiple of gopFrames. */
  segmentFrames: number;
  /** Time stamp in the source that becomes 0 in the output. */
  originSeconds: number;
  /** What a seek in the source counts from: the container's start time. */
  containerStartSeconds: number;
  videoStreamIndex: number;
  rungs: Rung[];
  chunks: Chunk[];
  audio: AudioTrack[];
  storyboard?: Storyboard;
};

/** Small pictures of the whole video at equal distances: pixels, seconds, and the output frame of each. */
export type Storyboard = { intervalSeconds: number; width: number; height: number; frames: number[] };

/** A key frame inside a segment: a byte range that begins at its moof box, and the seconds until the next. */
export type KeyFrame = { offset: number; bytes: number; seconds: number };

/** One media segment as stored. `n` counts from 1 over the whole rendition. */
export type Segment = { n: number; bytes: number; seconds: number; keyFrames: KeyFrame[] };

/** What one part (a chunk of one rung, or an audio track) added to a rendition. */
export type RenditionPart = {
  name: string;
  /** RFC 6381, read from the init segment. */
  codecs: string;
  /** The init segment's hash: all parts of a rendition must agree. */
  initSha256: string;
  frames: number;
  segments: Segment[];
};

/** A finished rendition in the catalogue: pixels, bit/s, bytes. */
export type Rendition = {
  name: string;
  width: number;
  height: number;
  frameRate: number;
  codecs: string;
  averageBandwidth: number;
  bandwidth: number;
  bytes: number;
};
