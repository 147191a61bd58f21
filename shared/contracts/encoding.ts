/** What the pipeline plans and what its steps hand on. Stored in MongoDB, so every field is plain data. */

/** A rational number of frames per second, e.g. 30000/1001. */
export type FrameRate = { numerator: number; denominator: number };

/** What to read of the source's picture, and what must be undone to show it: see `picture.ts`. */
export type SourcePicture = {
  streamIndex: number;
  isInterlaced: boolean;
  /** Single pictures may be interlaced, however it begins: a broadcast, or what says so of itself. */
  mayInterlace?: true;
  /** The display matrix is nonsense, and is not to be obeyed. */
  ignoresMatrix: boolean;
  /** The transfer curve that is tone-mapped to SDR: PQ or HLG. */
  hdr: 'smpte2084' | 'arib-std-b67' | null;
  /** The primaries of SDR that has more colours than BT.709: BT.2020, DCI-P3 and Display P3. */
  gamut?: 'bt2020' | 'smpte431' | 'smpte432';
  /** The colour matrix that it is taken for, where it names none or one that not every ffmpeg scales from. */
  matrix: 'bt709' | 'bt2020nc' | 'ycgco' | null;
  /**
   * The size of the first pictures, where later ones may have another: one of another shape is fitted into it. `aspect`
   * is the shape of their pixels, across and down, where that may change too.
   */
  first?: { width: number; height: number; aspect?: [number, number] };
};

export const codecs = ['h264', 'hevc', 'av1'] as const;
type Codec = (typeof codecs)[number];

/** The encoder of a plan and its words, so that every worker does the same. */
type PictureCodec = { profile: string; codec: Codec; encoder: string; options: string[] };

/** One step of the ladder: sizes in pixels (even), rates in bit/s. */
export type Rung = {
  name: string;
  width: number;
  height: number;
  crf: number;
  maxBitrate: number;
  bufferBits: number;
};

/** Why the source's own picture is no rung as it is. */
export const copyRefusals = {
  other_codec: 'the profile encodes to another codec',
  container: 'its container does not hold it in a form that can be repackaged',
  codec: 'it is not H.264',
  pixel_format: 'it is not 8-bit 4:2:0 of limited range',
  colours: 'players would show other colours than those of the other rungs',
  interlaced: 'it is interlaced',
  geometry: 'it must be scaled to be shown right',
  edited: 'it must be turned or cut to be shown right',
  frame_times: 'its frames do not come at a constant rate',
  open_groups: 'its groups of pictures depend on each other',
  sparse_key_frames: 'its key frames are too far apart',
  uneven_rate: 'its rate is too uneven',
  rate_too_high: 'it spends more than the rung may',
  too_large: 'it is larger than any rung',
  tried: 'the result did not pass the checks',
} as const;
export type CopyRefusal = keyof typeof copyRefusals;

export const ladderReasons = {
  fits: 'The source is at least this large.',
  source_size: 'The source lies between the steps of the profile, so it gets one of its own size.',
  copied: 'The source’s own picture plays as it is: packaged without encoding it again.',
  larger_than_source: 'The source is smaller; a larger picture would gain nothing.',
  close_above: 'The rung above is hardly larger.',
  no_rate_gain: 'It would need about the rate of the rung above, and look worse.',
} as const;

/** A rung that was thought of: what is done with it, and why. */
export type Candidate = Pick<Rung, 'name' | 'width' | 'height' | 'maxBitrate'> & {
  action: 'encode' | 'copy' | 'skip';
  reason: keyof typeof ladderReasons;
  /** For the top rung, when it is encoded: why not packaged as it is. */
  notCopied: CopyRefusal | null;
};

/** Output frames [startFrame, endFrame). */
export type FrameSpan = { startFrame: number; endFrame: number };

/** What one encode job makes for every encoded rung. Begins and ends on a cut. */
export type Chunk = FrameSpan & {
  /** Where reading the source begins, in seconds from its own start; null for its beginning. */
  seekSeconds: number | null;
  /** The same from earlier key frames, for a picture that is renewed bit by bit: it is whole only a while after one. */
  earlierSeconds?: number | null;
};

/** One audio track to make, by its index among the source's streams. A source with 5.1 gives two. */
export type AudioTrack = {
  /** Its folder: `audio/en`, `audio/en-2`, `audio/en-surround`. */
  name: string;
  streamIndex: number;
  language: string;
  title: string;
  isDefault: boolean;
  /** It also tells what is to be seen, for those who do not see it. */
  describesVideo?: true;
  channels: 2 | 6;
  /** bit/s */
  bitrate: number;
  /** Its many channels are of no layout, so that they cannot be mixed: the first two are taken. */
  takesFirstTwo?: true;
  /** What of the source's sound is before this is left out. Seconds, by the clock of the source. */
  begins?: number;
};

/** Small pictures for scrubbing: one every `intervalSeconds`, of these output frames. Pixels. */
export type Storyboard = { intervalSeconds: number; width: number; height: number; frames: number[] };
/**
 * A text track of the source that becomes captions. The language is BCP 47, `und` when it is not known. `inPicture`:
 * the track is the picture, which carries closed captions (CEA-608, channel CC1) between its own bytes.
 */
export type CaptionTrack = {
  streamIndex: number;
  language: string;
  title: string;
  isDefault: boolean;
  inPicture?: true;
};

export type PlanWarning = { code: string; message: string };

/** The whole work on one video, decided once by `probe`. Times in seconds. */
export type EncodingPlan = {
  /** The output's length: that of the picture, or of the sound where it lasts a little longer. */
  durationSeconds: number;
  frameCount: number;
  rate: FrameRate;
  /** The most frames between key frames of encoded rungs. */
  gopFrames: number;
  /** The first frame of each segment, beginning with 0: the same in every rung. */
  cuts: number[];
  /** Time stamp in the source that becomes 0 in the output. */
  originSeconds: number;
  /** What a seek in the source counts from: the container's start time. */
  containerStartSeconds: number;
  /**
   * Whose times are wrong and counted anew, from when the first picture is shown on; null when all are right. See
   * `clock.ts`. Sound whose times are right is due `soundLater` seconds later, when it begins only after the picture's
   * clock has begun anew.
   */
  rebuilt: { firstSeconds: number; picture: boolean; sound: boolean; soundLater?: number } | null;
  picture: SourcePicture;
  codec: PictureCodec;
  /** What is published, lowest first. */
  rungs: Rung[];
  /** The name of the top rung when it is packaged as it is. */
  copied: string | null;
  /** Every rung that was thought of, lowest first. */
  ladder: Candidate[];
  chunks: Chunk[];
  audio: AudioTrack[];
  storyboard: Storyboard;
  /** One a language. */
  captions: CaptionTrack[];
  warnings: PlanWarning[];
};

/** A key frame inside a segment: a byte range that begins at its moof box, and the seconds until the next. */
type KeyFrame = { offset: number; bytes: number; seconds: number };

/** One media segment as stored. `n` counts from 1 over the whole rendition. */
export type Segment = { n: number; bytes: number; seconds: number; keyFrames: KeyFrame[] };

/** What one part (a chunk of one rung, an audio track, the copied rung) has added to a rendition. */
export type RenditionPart = {
  name: string;
  /** RFC 6381, read from the init segment. */
  codecs: string;
  /** The init segment's hash: all parts of a rendition must agree. */
  initSha256: string;
  frames: number;
  segments: Segment[];
};

/** A track that was made, with what was measured of it. */
export type MadeAudio = Pick<AudioTrack, 'language' | 'title' | 'channels' | 'isDefault'> & {
  loudness: Loudness | null;
};

/** EBU R 128: integrated loudness in LUFS, range in LU. */
export type Loudness = { integrated: number; range: number };

/** A finished rendition in the catalogue: pixels, bit/s, bytes; bandwidths are with sound. */
export type Rendition = {
  name: string;
  width: number;
  height: number;
  frameRate: number;
  codecs: string;
  averageBandwidth: number;
  bandwidth: number;
  bytes: number;
  /** Of the picture alone. */
  averageBitrate: number;
  peakBitrate: number;
  /** All rungs of a chunk are encoded together: its seconds, shared by pixels. */
  encodeSeconds: number;
};
