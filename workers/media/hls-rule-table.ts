/**
 * The rules of RFC 8216bis, and of Apple's HLS authoring specification (its numbers in brackets), that Millrace
 * keeps. Those with `must` are what players rely on; those with `should` cost comfort.
 */
export const hlsRules = {
  header: ['must', 'a playlist begins with #EXTM3U, and is either a master or a media playlist'],
  attributes: ['must', 'attribute lists are well formed, with values of the right kind'],
  'duplicate-attribute': ['must', 'an attribute stands once in a tag'],
  'duplicate-tag': ['must', 'tags of the whole playlist stand once'],
  addresses: ['must', 'what needs an address or a byte range has one'],
  version: ['must', 'EXT-X-VERSION is at least what the tags in use need'],

  'variant-bandwidth': ['must', 'every variant has BANDWIDTH'],
  'variant-average-bandwidth': ['must', 'every variant has AVERAGE-BANDWIDTH [9.14]'],
  'variant-codecs': ['must', 'every variant has CODECS [9.1]'],
  'variant-resolution': ['must', 'every variant with a picture has RESOLUTION [9.2]'],
  'variant-frame-rate': ['must', 'every variant with a picture has FRAME-RATE [9.15]'],
  'variant-video-range': ['must', 'every variant has VIDEO-RANGE, unless all are SDR [9.16]'],
  'variant-unique': ['should', 'a variant is listed once for each of its audio groups'],
  'start-variant': ['should', 'the first variant is the one nearest to 2 Mbit/s [1.32]'],
  'peak-to-average': ['should', 'BANDWIDTH is at most twice AVERAGE-BANDWIDTH [1.30]'],
  'ladder-order': ['should', 'a larger picture has no lower average bandwidth'],
  'aspect-ratio': ['should', 'all pictures have one aspect ratio [1.33]'],
  'independent-segments': ['must', 'EXT-X-INDEPENDENT-SEGMENTS is in the master or in every picture [9.12]'],

  'key-frame-playlists': ['must', 'there are playlists of key frames alone [6.1]'],
  'key-frame-attributes': ['must', 'each of them has BANDWIDTH, CODECS and RESOLUTION [9.3, 9.4]'],
  'key-frames-only': ['must', 'each of them, and no other, says EXT-X-I-FRAMES-ONLY [6.8]'],
  'key-frame-range': ['must', 'the byte range of a key frame lies inside one segment'],
  'key-frame-moof': ['must', 'the byte range of a key frame begins at a moof box [6.10]'],
  'key-frame-span': ['should', 'key frames cover the same time as the picture'],

  'media-attributes': ['must', 'EXT-X-MEDIA has TYPE, GROUP-ID, NAME, and an address where it needs one'],
  'media-language': ['must', 'EXT-X-MEDIA has LANGUAGE, except for pictures [8.10]'],
  'media-name': ['must', 'names are unique in their group'],
  'media-default': ['must', 'a group has at most one DEFAULT, which AUTOSELECT does not deny'],
  'audio-default': ['should', 'an audio group has a DEFAULT'],
  'autoselect-distinct': ['should', 'what a player selects by itself differs in more than its name'],
  'group-exists': ['must', 'a group that a variant names exists'],
  'group-members': ['must', 'groups of one type have the same members'],
  'closed-captions': ['must', 'CLOSED-CAPTIONS is NONE for every variant or for none'],
  'playlist-present': ['must', 'every playlist that the master names is there'],

  extinf: ['must', 'every segment has a duration above zero'],
  'not-empty': ['must', 'a media playlist that has ended lists at least one segment'],
  'target-duration': ['must', 'EXT-X-TARGETDURATION is at least every EXTINF, rounded'],
  'segment-length': ['must', 'no segment is longer than the target duration and half a second [7.7]'],
  'same-target': ['must', 'picture and sound have the same target duration [8.2]'],
  'six-seconds': ['should', 'the target duration is 6 s [7.5]'],
  'playlist-type': ['must', 'EXT-X-PLAYLIST-TYPE is VOD or EVENT, everywhere the same [8.6, 8.8]'],
  endlist: ['must', 'a VOD playlist has EXT-X-ENDLIST, and all playlists end or none'],
  map: ['must', 'every segment of fragmented MP4 has an EXT-X-MAP [8.20]'],
  'same-boundaries': ['must', 'all pictures are cut at the same times, within half a frame'],
  'same-span': [
    'should',
    'sound and subtitles last as long as the picture, within a target duration [8.3, 5.5]',
  ],
  'same-discontinuities': ['must', 'discontinuities come at the same places in picture and sound [8.15]'],

  'segment-bytes': ['must', 'no segment is empty, and byte ranges lie inside their resource'],
  'average-measured': ['must', 'AVERAGE-BANDWIDTH is within a tenth of the truth [1.26]'],
  'peak-measured': ['must', 'no run of segments is above BANDWIDTH [9.13]'],
  'peak-overstated': ['should', 'BANDWIDTH is at most a tenth above the true peak [1.27]'],
  'codecs-measured': ['must', 'CODECS names what is in the init segments'],
  'key-frame-first': ['must', 'every segment of a picture begins with a key frame [7.4]'],
  'decode-times': ['must', 'each segment’s decode time goes on where the last one ended [7.3]'],
  'extinf-measured': ['must', 'sums of EXTINF are within a frame of the truth [8.1]'],
  'same-start': ['must', 'all playlists of a VOD begin at the same time'],
} as const satisfies Record<string, readonly ['must' | 'should', string]>;

export type HlsRule = keyof typeof hlsRules;

export type Violation = {
  rule: HlsRule;
  severity: 'must' | 'should';
  /** The playlist, with a line where one is to blame: `240p/index.m3u8:12`. */
  where: string;
  /** A sentence. */
  message: string;
};

export type Report = (rule: HlsRule, where: string, message: string) => void;
