// Made of the contracts by `npm run openapi`; what is changed by hand is lost.

export type SignInProviderList = {
  items: SignInProvider[];
  nextCursor: null;
};

export type SignInProvider = {
  /** For `provider` of GET /api/auth/login */
  name: string;
  /** For people */
  title: string;
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  /** A sentence for a person */
  detail: string;
  /** The path that was asked */
  instance: string;
  code:
    | 'invalid_request'
    | 'invalid_json'
    | 'unknown_version'
    | 'not_signed_in'
    | 'invalid_credential'
    | 'invalid_grant'
    | 'unsupported_grant_type'
    | 'wrong_password'
    | 'invalid_email_token'
    | 'sign_in_failed'
    | 'unknown_provider'
    | 'registration_not_offered'
    | 'invalid_logout_token'
    | 'forbidden'
    | 'cross_site_request'
    | 'account_suspended'
    | 'account_closing'
    | 'not_found'
    | 'unknown_region'
    | 'unknown_category'
    | 'comments_off'
    | 'taken_down'
    | 'not_in_region'
    | 'method_not_allowed'
    | 'not_acceptable'
    | 'upload_incomplete'
    | 'upload_mismatch'
    | 'upload_closed'
    | 'video_failed'
    | 'in_progress'
    | 'not_in_progress'
    | 'cancelled'
    | 'last_admin'
    | 'own_account'
    | 'already_closing'
    | 'not_playable_yet'
    | 'changed_meanwhile'
    | 'too_many_api_keys'
    | 'body_too_large'
    | 'too_large'
    | 'unsupported_media_type'
    | 'invalid_image'
    | 'invalid_captions'
    | 'if_match_needed'
    | 'too_many_requests'
    | 'not_a_video'
    | 'no_video_stream'
    | 'unsupported_codec'
    | 'undecodable'
    | 'truncated'
    | 'encrypted'
    | 'too_long'
    | 'too_many_pixels'
    | 'timed_out'
    | 'source_missing'
    | 'encoding_failed'
    | 'output_rejected'
    | 'unavailable'
    | 'internal';
  /** Find it in the log */
  errorId: string;
  /** Each violation: a JSON pointer into the body, or the name of a parameter */
  errors?: {
    pointer: string;
    message: string;
  }[];
  /** Where forms are sent: the error as OAuth 2 names it */
  error?: string;
  /** Where forms are sent: `detail` in ASCII */
  error_description?: string;
};

export type Account = {
  /** An account */
  userId: string;
  displayName: string;
  email: string | null;
  emailVerified: boolean;
  roles: ('viewer' | 'creator' | 'moderator' | 'admin')[];
  status: 'active' | 'suspended' | 'closing' | 'closed';
  createdAt: string;
};

export type TokenRequest = {
  /** `password`, `refresh_token` or `urn:millrace:session` */
  grant_type: string;
  /** With `password`: the e-mail address */
  username?: string;
  /** With `password` */
  password?: string;
  /** With `refresh_token` */
  refresh_token?: string;
};

export type Tokens = {
  /** Send it as `Authorization: Bearer` */
  access_token: string;
  token_type: 'Bearer';
  /** Seconds */
  expires_in: number;
  /** Good for one use; that use gives the next one */
  refresh_token: string;
};

export type TokenRevocation = {
  /** A refresh token or an access token */
  token: string;
};

export type PublicKeys = {
  keys: {
    kty: 'EC';
    crv: 'P-256';
    x: string;
    y: string;
    kid: string;
    alg: 'ES256';
    use: 'sig';
  }[];
};

export type NewApiKey = {
  /** What it is for */
  name: string;
  /** What it is good for: `read`, `upload`, `manage` (change, delete) and `admin`; never more than its owner may do */
  scopes: ('read' | 'upload' | 'manage' | 'admin')[];
  /** When it ends by itself; null: never */
  expiresAt?: string | null;
};

export type CreatedApiKey = {
  /** An API key */
  apiKeyId: string;
  name: string;
  scopes: ('read' | 'upload' | 'manage' | 'admin')[];
  /** The last characters of the key */
  hint: string;
  createdAt: string;
  expiresAt: string | null;
  /** To the minute */
  lastUsedAt: string | null;
  /** The key itself. It is shown this once */
  key: string;
};

export type ApiKeyList = {
  items: ApiKey[];
  /** They are never more than a page */
  nextCursor: null;
};

export type ApiKey = {
  /** An API key */
  apiKeyId: string;
  name: string;
  scopes: ('read' | 'upload' | 'manage' | 'admin')[];
  /** The last characters of the key */
  hint: string;
  createdAt: string;
  expiresAt: string | null;
  /** To the minute */
  lastUsedAt: string | null;
};

export type AccountChange = {
  displayName: string;
};

export type ClosingAccount = {
  status: 'closing';
  /** Then nothing of it can be had back */
  goneAfter: string;
  /** How to keep the account, as a sentence */
  undo: string;
};

export type SignedOut = {
  /** Where the browser ends the provider’s own session; null: nowhere */
  endSessionUrl: string | null;
};

export type SessionList = {
  items: Session[];
  nextCursor: null;
};

export type Session = {
  /** A session */
  sessionId: string;
  /** The one that asks */
  current: boolean;
  /** Where it was signed in at; null: here */
  provider: string | null;
  userAgent: string | null;
  /** The address it was begun from */
  address: string | null;
  createdAt: string;
  /** Exact to a minute */
  lastSeenAt: string;
  /** When it ends unless it is used before */
  expiresAt: string;
};

export type Registration = {
  /** An e-mail address; capital letters count as small ones */
  email: unknown & unknown;
  /** At least 10 characters, one of them a digit, and none of the passwords that many people use */
  password: string;
  displayName: string;
};

export type Addressee = {
  /** An e-mail address; capital letters count as small ones */
  email: unknown & unknown;
};

export type EmailVerification = {
  /** From the e-mail; works once */
  token: string;
  password: string;
};

export type Credentials = {
  /** An e-mail address; capital letters count as small ones */
  email: unknown & unknown;
  password: string;
};

export type PasswordChange = {
  currentPassword: string;
  /** At least 10 characters, one of them a digit, and none of the passwords that many people use */
  newPassword: string;
};

export type PasswordReset = {
  /** From the e-mail; works once */
  token: string;
  /** At least 10 characters, one of them a digit, and none of the passwords that many people use */
  password: string;
};

export type NewUpload = {
  filename: string;
  /** Exact size in bytes */
  size: number;
  /** The media type; it is signed and must be sent with the bytes */
  type: string;
  /** Default: the file name without its ending */
  title?: string;
  description?: string;
  /** What it is about, in a word */
  category?: string;
  tags?: string[];
  /** What is spoken in it (ISO 639-1) */
  language?: string;
  visibility?: 'public' | 'unlisted' | 'private';
  /** How to encode it; default: what is configured */
  profile?: string;
};

export type UploadTicket = {
  /** An upload */
  uploadId: string;
  /** A video */
  videoId: string;
  method: 'PUT';
  /** Send the bytes here, once */
  url: string;
  /** Send these headers as they are */
  headers: Record<string, string>;
  expiresAt: string;
};

export type Upload = {
  /** An upload */
  uploadId: string;
  /** A video */
  videoId: string;
  state: 'waiting' | 'completed' | 'cancelled' | 'expired' | 'failed';
  filename: string;
  size: number;
  type: string;
  createdAt: string;
  expiresAt: string;
};

export type VideoPage = {
  items: VideoSummary[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type VideoSummary = {
  /** A video */
  videoId: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  /** Its language is written right to left */
  isRtl: boolean;
  /** Its owner’s name when it was made */
  channelTitle: string;
  visibility: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge: number | null;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable: boolean;
  durationSeconds: number | null;
  posterUrl: string | null;
  watchUrl: string;
  /** As of the last count */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
};

export type VideoPageSelection = {
  items: {
    /** A video */
    videoId?: string;
    title?: string;
    description?: string;
    category?: string | null;
    tags?: string[];
    language?: string | null;
    /** Its language is written right to left */
    isRtl?: boolean;
    /** Its owner’s name when it was made */
    channelTitle?: string;
    visibility?: 'public' | 'unlisted' | 'private';
    /** Where it may be seen; empty: everywhere */
    regions?: string[];
    /** From this age on it is meant to be seen; null: from any */
    minimumAge?: number | null;
    state?: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
    /** It can be watched, perhaps while it is still encoding */
    playable?: boolean;
    durationSeconds?: number | null;
    posterUrl?: string | null;
    watchUrl?: string;
    /** As of the last count */
    views?: number;
    likes?: number;
    /** That are shown */
    comments?: number;
    createdAt?: string;
    /** From when on it may be seen; to come, if that was chosen */
    publishedAt?: string;
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Video = {
  /** A video */
  videoId: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  /** Its language is written right to left */
  isRtl: boolean;
  /** Its owner’s name when it was made */
  channelTitle: string;
  visibility: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge: number | null;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable: boolean;
  durationSeconds: number | null;
  posterUrl: string | null;
  watchUrl: string;
  /** As of the last count */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  /** Raised by each change of what people say of it; If-Match goes by it */
  revision: number;
  /** A few seconds, animated, to show in lists */
  previewUrl: string | null;
  /** WebVTT with small pictures, for scrubbing */
  storyboardUrl: string | null;
  /** Of the work on it, by frames encoded */
  percent: number;
  /** Until it is encoded, at the rate so far; null when not known */
  remainingSeconds: number | null;
  /** Lowest first; empty until it is ready */
  renditions: Rendition[];
  /** The default one first; empty until it is ready */
  audio: AudioTrack[];
  /** Why it failed */
  error: {
    code:
      | 'invalid_request'
      | 'invalid_json'
      | 'unknown_version'
      | 'not_signed_in'
      | 'invalid_credential'
      | 'invalid_grant'
      | 'unsupported_grant_type'
      | 'wrong_password'
      | 'invalid_email_token'
      | 'sign_in_failed'
      | 'unknown_provider'
      | 'registration_not_offered'
      | 'invalid_logout_token'
      | 'forbidden'
      | 'cross_site_request'
      | 'account_suspended'
      | 'account_closing'
      | 'not_found'
      | 'unknown_region'
      | 'unknown_category'
      | 'comments_off'
      | 'taken_down'
      | 'not_in_region'
      | 'method_not_allowed'
      | 'not_acceptable'
      | 'upload_incomplete'
      | 'upload_mismatch'
      | 'upload_closed'
      | 'video_failed'
      | 'in_progress'
      | 'not_in_progress'
      | 'cancelled'
      | 'last_admin'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'changed_meanwhile'
      | 'too_many_api_keys'
      | 'body_too_large'
      | 'too_large'
      | 'unsupported_media_type'
      | 'invalid_image'
      | 'invalid_captions'
      | 'if_match_needed'
      | 'too_many_requests'
      | 'not_a_video'
      | 'no_video_stream'
      | 'unsupported_codec'
      | 'undecodable'
      | 'truncated'
      | 'encrypted'
      | 'too_long'
      | 'too_many_pixels'
      | 'timed_out'
      | 'source_missing'
      | 'encoding_failed'
      | 'output_rejected'
      | 'unavailable'
      | 'internal';
    message: string;
  } | null;
  warnings: {
    code: string;
    message: string;
  }[];
  uploadedAt: string | null;
  playableAt: string | null;
  readyAt: string | null;
};

export type Rendition = {
  name: string;
  width: number;
  height: number;
  frameRate: number;
  codecs: string;
  /** bit/s, with sound */
  averageBandwidth: number;
  /** Peak bit/s, with sound */
  bandwidth: number;
  /** Of the picture alone */
  bytes: number;
};

export type AudioTrack = {
  /** BCP 47; `und` when the file does not say */
  language: string;
  title: string;
  channels: 2 | 6;
  isDefault: boolean;
  /** EBU R 128: LUFS and LU; null for silence */
  loudness: {
    integrated: number;
    range: number;
  } | null;
};

export type VideoSelection = {
  /** A video */
  videoId?: string;
  title?: string;
  description?: string;
  category?: string | null;
  tags?: string[];
  language?: string | null;
  /** Its language is written right to left */
  isRtl?: boolean;
  /** Its owner’s name when it was made */
  channelTitle?: string;
  visibility?: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions?: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge?: number | null;
  state?: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable?: boolean;
  durationSeconds?: number | null;
  posterUrl?: string | null;
  watchUrl?: string;
  /** As of the last count */
  views?: number;
  likes?: number;
  /** That are shown */
  comments?: number;
  createdAt?: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt?: string;
  /** Raised by each change of what people say of it; If-Match goes by it */
  revision?: number;
  /** A few seconds, animated, to show in lists */
  previewUrl?: string | null;
  /** WebVTT with small pictures, for scrubbing */
  storyboardUrl?: string | null;
  /** Of the work on it, by frames encoded */
  percent?: number;
  /** Until it is encoded, at the rate so far; null when not known */
  remainingSeconds?: number | null;
  /** Lowest first; empty until it is ready */
  renditions?: Rendition[];
  /** The default one first; empty until it is ready */
  audio?: AudioTrack[];
  /** Why it failed */
  error?: {
    code:
      | 'invalid_request'
      | 'invalid_json'
      | 'unknown_version'
      | 'not_signed_in'
      | 'invalid_credential'
      | 'invalid_grant'
      | 'unsupported_grant_type'
      | 'wrong_password'
      | 'invalid_email_token'
      | 'sign_in_failed'
      | 'unknown_provider'
      | 'registration_not_offered'
      | 'invalid_logout_token'
      | 'forbidden'
      | 'cross_site_request'
      | 'account_suspended'
      | 'account_closing'
      | 'not_found'
      | 'unknown_region'
      | 'unknown_category'
      | 'comments_off'
      | 'taken_down'
      | 'not_in_region'
      | 'method_not_allowed'
      | 'not_acceptable'
      | 'upload_incomplete'
      | 'upload_mismatch'
      | 'upload_closed'
      | 'video_failed'
      | 'in_progress'
      | 'not_in_progress'
      | 'cancelled'
      | 'last_admin'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'changed_meanwhile'
      | 'too_many_api_keys'
      | 'body_too_large'
      | 'too_large'
      | 'unsupported_media_type'
      | 'invalid_image'
      | 'invalid_captions'
      | 'if_match_needed'
      | 'too_many_requests'
      | 'not_a_video'
      | 'no_video_stream'
      | 'unsupported_codec'
      | 'undecodable'
      | 'truncated'
      | 'encrypted'
      | 'too_long'
      | 'too_many_pixels'
      | 'timed_out'
      | 'source_missing'
      | 'encoding_failed'
      | 'output_rejected'
      | 'unavailable'
      | 'internal';
    message: string;
  } | null;
  warnings?: {
    code: string;
    message: string;
  }[];
  uploadedAt?: string | null;
  playableAt?: string | null;
  readyAt?: string | null;
};

export type VideoChange = {
  title?: string;
  description?: string;
  /** null: none */
  category?: string | null;
  tags?: string[];
  /** null: none */
  language?: string | null;
  visibility?: 'public' | 'unlisted' | 'private';
};

export type Ladder = {
  /** A video */
  videoId: string;
  profile: string;
  codec: 'h264' | 'hevc' | 'av1';
  encoder: string;
  /** Lowest first */
  candidates: {
    name: string;
    width: number;
    height: number;
    action: 'encode' | 'copy' | 'skip';
    reason: 'fits' | 'source_size' | 'copied' | 'larger_than_source' | 'close_above' | 'no_rate_gain';
    explanation: string;
    /** Why the source’s own picture is not the top rung */
    notCopied:
      | 'other_codec'
      | 'container'
      | 'codec'
      | 'pixel_format'
      | 'interlaced'
      | 'geometry'
      | 'edited'
      | 'frame_times'
      | 'open_groups'
      | 'sparse_key_frames'
      | 'uneven_rate'
      | 'rate_too_high'
      | 'too_large'
      | 'tried'
      | null;
    /** The most that it may spend, bit/s */
    maxBitrate: number;
    /** Of the picture alone, bit/s; when ready */
    averageBitrate: number | null;
    peakBitrate: number | null;
    bytes: number | null;
    /** The work on it; rungs that are encoded together share it by pixels */
    encodeSeconds: number | null;
  }[];
};

export type Playback = {
  /** A video */
  videoId: string;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** False while the playlist is still growing */
  isFinal: boolean;
  /** The HLS master playlist */
  playlist: string;
  posterUrl: string | null;
  durationSeconds: number | null;
};

export type NewView = {
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
};

export type CaptionList = {
  items: Caption[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Caption = {
  /** BCP 47; und: not known */
  language: string;
  /** What a player’s menu shows; may be empty */
  title: string;
  /** A track of the uploaded file, or sent to the api */
  source: 'file' | 'upload';
  /** A player shows it unless its user chose otherwise */
  isDefault: boolean;
  cues: number;
  bytes: number;
  /** The whole as WebVTT */
  url: string;
  createdAt: string;
};

export type CaptionListSelection = {
  items: {
    /** BCP 47; und: not known */
    language?: string;
    /** What a player’s menu shows; may be empty */
    title?: string;
    /** A track of the uploaded file, or sent to the api */
    source?: 'file' | 'upload';
    /** A player shows it unless its user chose otherwise */
    isDefault?: boolean;
    cues?: number;
    bytes?: number;
    /** The whole as WebVTT */
    url?: string;
    createdAt?: string;
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Poster = {
  /** Found by Millrace, taken from a chosen time, or uploaded */
  source: 'auto' | 'time' | 'upload';
  /** Of what was asked for last; 0 before the first */
  version: number;
  /** Of what was asked for last; until it is ready the one before is shown */
  state: 'making' | 'ready' | 'failed';
  error?: {
    code:
      | 'invalid_request'
      | 'invalid_json'
      | 'unknown_version'
      | 'not_signed_in'
      | 'invalid_credential'
      | 'invalid_grant'
      | 'unsupported_grant_type'
      | 'wrong_password'
      | 'invalid_email_token'
      | 'sign_in_failed'
      | 'unknown_provider'
      | 'registration_not_offered'
      | 'invalid_logout_token'
      | 'forbidden'
      | 'cross_site_request'
      | 'account_suspended'
      | 'account_closing'
      | 'not_found'
      | 'unknown_region'
      | 'unknown_category'
      | 'comments_off'
      | 'taken_down'
      | 'not_in_region'
      | 'method_not_allowed'
      | 'not_acceptable'
      | 'upload_incomplete'
      | 'upload_mismatch'
      | 'upload_closed'
      | 'video_failed'
      | 'in_progress'
      | 'not_in_progress'
      | 'cancelled'
      | 'last_admin'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'changed_meanwhile'
      | 'too_many_api_keys'
      | 'body_too_large'
      | 'too_large'
      | 'unsupported_media_type'
      | 'invalid_image'
      | 'invalid_captions'
      | 'if_match_needed'
      | 'too_many_requests'
      | 'not_a_video'
      | 'no_video_stream'
      | 'unsupported_codec'
      | 'undecodable'
      | 'truncated'
      | 'encrypted'
      | 'too_long'
      | 'too_many_pixels'
      | 'timed_out'
      | 'source_missing'
      | 'encoding_failed'
      | 'output_rejected'
      | 'unavailable'
      | 'internal';
    message: string;
  };
  /** Of the poster that is shown, in pixels, rising */
  widths: number[];
};

export type NewPoster = {
  /** Seconds from the beginning of the video */
  time: number;
};

export type NewPosterUpload = {
  /** Exact size in bytes, at most 10485760 */
  size: number;
  /** It is signed and must be sent with the bytes */
  type: 'image/jpeg' | 'image/png' | 'image/webp';
};

export type PosterTicket = {
  /** An upload of a poster */
  posterUploadId: string;
  method: 'PUT';
  /** Send the bytes here, once */
  url: string;
  /** Send these headers as they are */
  headers: Record<string, string>;
  expiresAt: string;
};

export type PosterUpload = {
  /** An upload of a poster */
  posterUploadId: string;
  /** It waits for its bytes, then for the poster */
  state: 'waiting' | 'making' | 'ready' | 'failed' | 'expired';
  size: number;
  type: string;
  expiresAt: string;
};

export type Storyboard = {
  tileWidth: number;
  tileHeight: number;
  /** Tile k shows the picture at k times this */
  intervalSeconds: number;
  sheets: {
    /** Signed; a JPEG of columns x rows tiles */
    url: string;
    columns: number;
    rows: number;
    tiles: number;
  }[];
};

export type SearchPage = {
  items: SearchHit[];
  /** On all pages */
  total: number;
  page: number;
  perPage: number;
  facets: {
    /** Of all that were found, the commonest first */
    category: {
      value: string;
      count: number;
    }[];
    /** Of all that were found, the commonest first */
    language: {
      value: string;
      count: number;
    }[];
  };
};

export type SearchHit = {
  /** A video */
  videoId: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  /** Its language is written right to left */
  isRtl: boolean;
  /** Its owner’s name when it was made */
  channelTitle: string;
  visibility: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge: number | null;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable: boolean;
  durationSeconds: number | null;
  posterUrl: string | null;
  watchUrl: string;
  /** As of the last count */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  highlights: {
    /** The title in parts; a hit was looked for. Text and no HTML */
    title: {
      text: string;
      hit: boolean;
    }[];
    /** The part of the description around the first hit */
    description: {
      text: string;
      hit: boolean;
    }[];
  };
};

export type Suggestions = {
  /** The most viewed first, 10 at most */
  items: {
    text: string;
    /** What it is */
    kind: 'title';
    /** A video */
    videoId: string;
  }[];
};

export type TrendingPage = {
  items: TrendingEntry[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  /** When the ranks were computed; null before the first run */
  computedAt: string | null;
};

export type TrendingEntry = {
  /** A video */
  videoId: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  /** Its language is written right to left */
  isRtl: boolean;
  /** Its owner’s name when it was made */
  channelTitle: string;
  visibility: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge: number | null;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable: boolean;
  durationSeconds: number | null;
  posterUrl: string | null;
  watchUrl: string;
  /** From this region, as of the last run */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  /** null: viewed, but not ranked yet; those follow by views */
  rank: number | null;
  /** Places up (or down, below 0) since the run before; null: new */
  change: number | null;
  /** What the rank is made of, as of `computedAt` */
  explanation: {
    /** The views, each worth less the older it is */
    score: number;
    views: number;
    /** After this long a view counts half */
    halfLifeHours: number;
    sentence: string;
  };
};

export type TrendingPageSelection = {
  items: {
    /** A video */
    videoId?: string;
    title?: string;
    description?: string;
    category?: string | null;
    tags?: string[];
    language?: string | null;
    /** Its language is written right to left */
    isRtl?: boolean;
    /** Its owner’s name when it was made */
    channelTitle?: string;
    visibility?: 'public' | 'unlisted' | 'private';
    /** Where it may be seen; empty: everywhere */
    regions?: string[];
    /** From this age on it is meant to be seen; null: from any */
    minimumAge?: number | null;
    state?: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
    /** It can be watched, perhaps while it is still encoding */
    playable?: boolean;
    durationSeconds?: number | null;
    posterUrl?: string | null;
    watchUrl?: string;
    /** From this region, as of the last run */
    views?: number;
    likes?: number;
    /** That are shown */
    comments?: number;
    createdAt?: string;
    /** From when on it may be seen; to come, if that was chosen */
    publishedAt?: string;
    /** null: viewed, but not ranked yet; those follow by views */
    rank?: number | null;
    /** Places up (or down, below 0) since the run before; null: new */
    change?: number | null;
    /** What the rank is made of, as of `computedAt` */
    explanation?: {
      /** The views, each worth less the older it is */
      score: number;
      views: number;
      /** After this long a view counts half */
      halfLifeHours: number;
      sentence: string;
    };
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  /** When the ranks were computed; null before the first run */
  computedAt: string | null;
};

export type Trending = {
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  /** How many videos the answer could hold without a limit */
  total: number;
  /** When the ranks were computed; null before the first run */
  computedAt: string | null;
  fetchedAt: string;
  /** A listed video is in a language written right to left */
  hasRtlContent: boolean;
  videos: TrendingVideo[];
};

export type TrendingVideo = {
  /** A video */
  videoId: string;
  title: string;
  description: string;
  category: string | null;
  tags: string[];
  language: string | null;
  /** Its language is written right to left */
  isRtl: boolean;
  /** Its owner’s name when it was made */
  channelTitle: string;
  visibility: 'public' | 'unlisted' | 'private';
  /** Where it may be seen; empty: everywhere */
  regions: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge: number | null;
  state: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
  /** It can be watched, perhaps while it is still encoding */
  playable: boolean;
  durationSeconds: number | null;
  posterUrl: string | null;
  watchUrl: string;
  /** From this region, as of the last run */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  /** null: viewed, but not ranked yet; those follow by views */
  rank: number | null;
};

export type TrendingSelection = {
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  /** How many videos the answer could hold without a limit */
  total: number;
  /** When the ranks were computed; null before the first run */
  computedAt: string | null;
  fetchedAt: string;
  /** A listed video is in a language written right to left */
  hasRtlContent: boolean;
  videos: {
    /** A video */
    videoId?: string;
    title?: string;
    description?: string;
    category?: string | null;
    tags?: string[];
    language?: string | null;
    /** Its language is written right to left */
    isRtl?: boolean;
    /** Its owner’s name when it was made */
    channelTitle?: string;
    visibility?: 'public' | 'unlisted' | 'private';
    /** Where it may be seen; empty: everywhere */
    regions?: string[];
    /** From this age on it is meant to be seen; null: from any */
    minimumAge?: number | null;
    state?: 'draft' | 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed' | 'deleted';
    /** It can be watched, perhaps while it is still encoding */
    playable?: boolean;
    durationSeconds?: number | null;
    posterUrl?: string | null;
    watchUrl?: string;
    /** From this region, as of the last run */
    views?: number;
    likes?: number;
    /** That are shown */
    comments?: number;
    createdAt?: string;
    /** From when on it may be seen; to come, if that was chosen */
    publishedAt?: string;
    /** null: viewed, but not ranked yet; those follow by views */
    rank?: number | null;
  }[];
};

export type UserPage = {
  items: User[];
  total: number;
  page: number;
  perPage: number;
};

export type User = {
  /** An account */
  userId: string;
  displayName: string;
  email: string | null;
  emailVerified: boolean;
  roles: ('viewer' | 'creator' | 'moderator' | 'admin')[];
  status: 'active' | 'suspended' | 'closing' | 'closed';
  createdAt: string;
  /** What an administrator has set, the sign-in provider no longer changes */
  rolesSetBy: 'claim' | 'admin';
  /** Why an administrator has set the status */
  statusReason: string | null;
  /** Who vouches for it: the sign-in provider, or `local` */
  issuer: string;
  closingSince: string | null;
  lastSignInAt: string;
};

export type UserChange = {
  roles?: ('viewer' | 'creator' | 'moderator' | 'admin')[];
  status?: 'active' | 'suspended';
  /** Why; for administrators */
  reason?: string;
};

export type AuditPage = {
  items: AuditEntry[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type AuditEntry = {
  auditId: string;
  at: string;
  /** Who did it */
  actorId: string;
  /** The row of the policy */
  action: string;
  method: string;
  route: string;
  /** What stood in the route */
  target: Record<string, string>;
  /** Whose it was */
  ownerId: string | null;
  /** The fields that were set; with their values where those are neither personal nor secret */
  changes: Record<string, string | null>;
  /** Find it in the log */
  requestId: string;
  /** Where the request came from */
  address: string;
};

/** What each operation takes and gives; `older` is what version 1 gives, where that differs. */
export type Operations = {
  /** The sign-in providers */
  getAuthProviders: { takes: Record<never, never>; gives: SignInProviderList };
  /** Go to a sign-in provider */
  getAuthLogin: {
    takes: {
      /** Its name; without it the first */
      provider?: string;
      /** Goes to the provider’s form for new people, where it has one */
      prompt?: 'create';
      /** Where to go afterwards */
      returnTo?: string;
    };
    leads: true;
  };
  /** Sign in with an e-mail address and a password */
  postAuthLogin: {
    takes: {
      body: Credentials;
    };
    gives: Account;
  };
  /** Where the provider sends the browser back to */
  getAuthCallback: { takes: Record<never, never>; leads: true };
  /** The account that is signed in */
  getAuthMe: { takes: Record<never, never>; gives: Account };
  /** Change my account */
  patchAuthMe: {
    takes: {
      body: AccountChange;
    };
    gives: Account;
  };
  /** Delete my account and my videos */
  deleteAuthMe: { takes: Record<never, never>; gives: ClosingAccount };
  /** Get an access token and a refresh token */
  postAuthToken: {
    takes: {
      body: TokenRequest;
    };
    gives: Tokens;
  };
  /** End the sign-in that a token came of */
  postAuthTokenRevoke: {
    takes: {
      body: TokenRevocation;
    };
    gives: undefined;
  };
  /** The public keys that verify access tokens */
  getWellKnownJwksJson: { takes: Record<never, never>; gives: PublicKeys };
  /** Make an API key */
  postApiKeys: {
    takes: {
      body: NewApiKey;
    };
    gives: CreatedApiKey;
  };
  /** List my API keys */
  getApiKeys: { takes: Record<never, never>; gives: ApiKeyList };
  /** One of my API keys */
  getApiKeysByApiKeyId: {
    takes: {
      /** An API key */
      apiKeyId: string;
    };
    gives: ApiKey;
  };
  /** Revoke an API key */
  deleteApiKeysByApiKeyId: {
    takes: {
      /** An API key */
      apiKeyId: string;
    };
    gives: undefined;
  };
  /** Sign out of this browser */
  postAuthLogout: {
    takes: {
      /** Whether to end it there too */
      atProvider?: 'true' | 'false';
      /** Where to go afterwards */
      returnTo?: string;
    };
    gives: SignedOut;
  };
  /** Where the provider sends the browser back to after a sign-out */
  getAuthSignedOut: {
    takes: {
      /** Where to go afterwards */
      state?: string;
    };
    leads: true;
  };
  /** A provider tells that somebody has signed out there */
  postAuthBackchannelLogout: {
    takes: {
      body: {
        logout_token: string;
      };
    };
    gives: undefined;
  };
  /** The browsers that are signed in to my account */
  getAuthSessions: { takes: Record<never, never>; gives: SessionList };
  /** Sign out everywhere else */
  deleteAuthSessions: { takes: Record<never, never>; gives: undefined };
  /** Sign one browser out */
  deleteAuthSessionsBySessionId: {
    takes: {
      /** A session */
      sessionId: string;
    };
    gives: undefined;
  };
  /** Register with an e-mail address and a password */
  postAuthRegister: {
    takes: {
      body: Registration;
    };
    gives: undefined;
  };
  /** Have the e-mail to confirm an address sent again */
  postAuthEmailVerification: {
    takes: {
      body: Addressee;
    };
    gives: undefined;
  };
  /** Confirm an e-mail address, which makes the account */
  postAuthEmailVerify: {
    takes: {
      body: EmailVerification;
    };
    gives: undefined;
  };
  /** Choose another password, which ends all other sign-ins */
  postAuthPassword: {
    takes: {
      body: PasswordChange;
    };
    gives: undefined;
  };
  /** Ask for a new password by e-mail */
  postAuthPasswordForgot: {
    takes: {
      body: Addressee;
    };
    gives: undefined;
  };
  /** Choose a new password with the token from the e-mail, which ends all sign-ins */
  postAuthPasswordReset: {
    takes: {
      body: PasswordReset;
    };
    gives: undefined;
  };
  /** Ask for a ticket to upload one file */
  postUploads: {
    takes: {
      body: NewUpload;
    };
    gives: UploadTicket;
  };
  /** An upload of mine */
  getUploadsByUploadId: {
    takes: {
      /** An upload */
      uploadId: string;
    };
    gives: Upload;
  };
  /** Cancel an upload that has not been completed */
  deleteUploadsByUploadId: {
    takes: {
      /** An upload */
      uploadId: string;
    };
    gives: undefined;
  };
  /** Say that the bytes are there; the work on the video begins */
  postUploadsByUploadIdComplete: {
    takes: {
      /** An upload */
      uploadId: string;
    };
    gives: Upload;
  };
  /** A list of videos: everyone’s public ones, or all of mine */
  getVideos: {
    takes: {
      /** Needs a signed-in account */
      mine?: 'true' | 'false';
      /** What everyone may see of one account */
      ownerId?: string;
      /** What it is about, in a word */
      category?: string;
      /** What is spoken in it (ISO 639-1) */
      language?: string;
      /** One of its tags */
      tag?: string;
      /** With `mine=true` only */
      visibility?: 'public' | 'unlisted' | 'private';
      /** With `mine=true` only */
      state?: 'uploaded' | 'probing' | 'encoding' | 'publishing' | 'ready' | 'failed';
      /** A field; with - in front the other way round */
      sort?: '-publishedAt' | 'publishedAt' | 'title' | '-title';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: VideoPage;
    selected: VideoPageSelection;
  };
  /** One video: state, percent, time left, renditions, why it failed */
  getVideosByVideoId: {
    takes: {
      /** A video */
      videoId: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: Video;
    selected: VideoSelection;
  };
  /** Change what is said of a video, and who may see it */
  patchVideosByVideoId: {
    takes: {
      /** A video */
      videoId: string;
      body: VideoChange;
    };
    gives: Video;
  };
  /** Remove a video, also while it is worked on */
  deleteVideosByVideoId: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: undefined;
  };
  /** Which renditions were thought of, what was done with each, and why */
  getVideosByVideoIdLadder: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Ladder;
  };
  /** What a player needs; also while the video is still encoding */
  getVideosByVideoIdPlayback: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Playback;
  };
  /** Count a view from a region */
  postVideosByVideoIdViews: {
    takes: {
      /** A video */
      videoId: string;
      body: NewView;
    };
    gives: undefined;
  };
  /** The captions of a video, one a language */
  getVideosByVideoIdCaptions: {
    takes: {
      /** A video */
      videoId: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: CaptionList;
    selected: CaptionListSelection;
  };
  /** Captions as WebVTT, by a redirect to the store */
  getVideosByVideoIdCaptionsByLanguageVtt: {
    takes: {
      /** A video */
      videoId: string;
      /** A language tag (BCP 47) */
      language: string;
    };
    leads: true;
  };
  /** Send captions, as WebVTT or SubRip in UTF-8; they replace those in the same language */
  putVideosByVideoIdCaptionsByLanguage: {
    takes: {
      /** A video */
      videoId: string;
      /** A language tag (BCP 47) */
      language: string;
      /** For the menu of a player; without it the name of the language */
      title?: string;
      body: string;
      type: 'text/vtt' | 'application/x-subrip' | 'text/plain';
    };
    gives: Caption;
  };
  /** Remove the captions in a language, those from the file too */
  deleteVideosByVideoIdCaptionsByLanguage: {
    takes: {
      /** A video */
      videoId: string;
      /** A language tag (BCP 47) */
      language: string;
    };
    gives: undefined;
  };
  /** How far the work on a video is, as server-sent events, until it ends */
  getVideosByVideoIdProgress: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: ReadableStream<Uint8Array>;
  };
  /** End the work on a video; its source is kept */
  postVideosByVideoIdCancel: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Video;
  };
  /** Encode a video again from its source; what plays goes on playing meanwhile */
  postVideosByVideoIdReprocess: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Video;
  };
  /** The master playlist */
  getVideosByVideoIdHlsByGenerationMasterM3u8: {
    takes: {
      /** A video */
      videoId: string;
      /** An attempt at the video */
      generation: string;
    };
    gives: string;
  };
  /** The playlist of one rung: `index`, or `iframes` for scrubbing */
  getVideosByVideoIdHlsByGenerationByRungByKindM3u8: {
    takes: {
      /** A video */
      videoId: string;
      /** An attempt at the video */
      generation: string;
      /** A rung */
      rung: string;
      /** For playing, or for scrubbing */
      kind: 'index' | 'iframes';
    };
    gives: string;
  };
  /** The playlist of one audio track */
  getVideosByVideoIdHlsByGenerationAudioByTrackIndexM3u8: {
    takes: {
      /** A video */
      videoId: string;
      /** An attempt at the video */
      generation: string;
      /** An audio track */
      track: string;
    };
    gives: string;
  };
  /** The playlist of the captions in one language */
  getVideosByVideoIdHlsByGenerationCaptionsByLanguageIndexM3u8: {
    takes: {
      /** A video */
      videoId: string;
      /** An attempt at the video */
      generation: string;
      /** A language tag (BCP 47) */
      language: string;
    };
    gives: string;
  };
  /** The poster as JPEG, by a redirect to the store */
  getVideosByVideoIdPosterJpg: {
    takes: {
      /** A video */
      videoId: string;
      /** Pixels; the next size at or above it is given, without it the largest */
      width?: number;
    };
    leads: true;
  };
  /** The poster as WebP, by a redirect to the store */
  getVideosByVideoIdPosterWebp: {
    takes: {
      /** A video */
      videoId: string;
      /** Pixels; the next size at or above it is given, without it the largest */
      width?: number;
    };
    leads: true;
  };
  /** Where the poster comes from, whether it is there, and in which sizes */
  getVideosByVideoIdPoster: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Poster;
  };
  /** Take the poster from a time in the video */
  putVideosByVideoIdPoster: {
    takes: {
      /** A video */
      videoId: string;
      body: NewPoster;
    };
    gives: Poster;
  };
  /** Ask for a ticket to upload a picture as the poster */
  postVideosByVideoIdPosterUploads: {
    takes: {
      /** A video */
      videoId: string;
      body: NewPosterUpload;
    };
    gives: PosterTicket;
  };
  /** What became of a ticket for a poster */
  getVideosByVideoIdPosterUploadsByPosterUploadId: {
    takes: {
      /** A video */
      videoId: string;
      /** An upload of a poster */
      posterUploadId: string;
    };
    gives: PosterUpload;
  };
  /** Say that the bytes of a poster are there */
  postVideosByVideoIdPosterUploadsByPosterUploadIdComplete: {
    takes: {
      /** A video */
      videoId: string;
      /** An upload of a poster */
      posterUploadId: string;
    };
    gives: Poster;
  };
  /** A few seconds of the video, animated, by a redirect to the store */
  getVideosByVideoIdPreviewWebp: {
    takes: {
      /** A video */
      videoId: string;
    };
    leads: true;
  };
  /** Small pictures for scrubbing, as WebVTT with signed addresses */
  getVideosByVideoIdStoryboardVtt: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: string;
  };
  /** The same pictures as JSON */
  getVideosByVideoIdStoryboard: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Storyboard;
  };
  /** Videos by words in their title, tags, people, channel and description */
  getSearch: {
    takes: {
      /** Words that must all be there, in quotes: beside each other; with - in front: not there. 2 to 200 characters */
      q: string;
      /** Only what may be seen there */
      region?: string;
      /** Only videos in this language (ISO 639-1) */
      language?: string;
      /** Only videos of this category */
      category?: string;
      /** Under 4 minutes, from there to 20, longer */
      duration?: 'short' | 'medium' | 'long';
      /** Published within so long */
      uploaded?: 'hour' | 'day' | 'week' | 'month' | 'year';
      /** What comes first */
      sort?: 'relevance' | 'newest' | 'views';
      /** From 1; `page` times `perPage` is 10,000 at most */
      page?: number;
      /** How many at most */
      perPage?: number;
    };
    gives: SearchPage;
  };
  /** Titles for what somebody is typing */
  getSearchSuggest: {
    takes: {
      /** What has been typed so far; the last word may only have begun. 2 to 200 characters */
      q: string;
      /** Only videos in this language (ISO 639-1) */
      language?: string;
    };
    gives: Suggestions;
  };
  /** What a region watches: ranked videos, then by views those not ranked yet */
  getTrendingByRegion: {
    takes: {
      /** One of the regions that are served */
      region: string;
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
      /** Only videos of this category */
      category?: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: TrendingPage;
    older: Trending;
    selected: TrendingPageSelection;
    olderSelected: TrendingSelection;
  };
  /** Accounts, the newest first, page by page */
  getUsers: {
    takes: {
      /** How the name or the e-mail address begins, in capital or small letters */
      q?: string;
      /** Only those that have it */
      role?: 'viewer' | 'creator' | 'moderator' | 'admin';
      /** Only those that have it */
      status?: 'active' | 'suspended' | 'closing' | 'closed';
      /** From 1; `page` times `perPage` is 10,000 at most */
      page?: number;
      /** How many at most */
      perPage?: number;
    };
    gives: UserPage;
  };
  /** One account */
  getUsersByUserId: {
    takes: {
      /** An account */
      userId: string;
    };
    gives: User;
  };
  /** Change the roles of an account, suspend it, or let it back */
  patchUsersByUserId: {
    takes: {
      /** An account */
      userId: string;
      body: UserChange;
    };
    gives: User;
  };
  /** What moderators and administrators did to what is not theirs, the newest first */
  getAudit: {
    takes: {
      /** Who did it */
      actor?: string;
      /** A row of the policy */
      action?:
        | 'service.read'
        | 'sign-in.use'
        | 'api-key.manage'
        | 'session.list'
        | 'session.end'
        | 'account.password'
        | 'account.read'
        | 'account.change'
        | 'account.close'
        | 'user.read'
        | 'user.change'
        | 'audit.read'
        | 'upload.create'
        | 'upload.read'
        | 'upload.end'
        | 'video.list'
        | 'video.read'
        | 'video.view'
        | 'video.change'
        | 'video.delete'
        | 'video.comment'
        | 'video.like'
        | 'video.report'
        | 'video.measure'
        | 'video.history'
        | 'video.take-down'
        | 'comment.read'
        | 'comment.change'
        | 'comment.delete'
        | 'comment.report'
        | 'comment.hide'
        | 'report.read'
        | 'report.resolve'
        | 'person.read'
        | 'person.create'
        | 'person.change'
        | 'person.merge'
        | 'category.read'
        | 'category.change'
        | 'search.use'
        | 'trending.read'
        | 'queue.oversee';
      /** From then on */
      since?: string;
      /** A field; with - in front the other way round */
      sort?: '-at' | 'at';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
    };
    gives: AuditPage;
  };
  /** The process is alive */
  getHealthz: { takes: Record<never, never>; gives: string };
  /** MongoDB, Redis and S3 answer */
  getReadyz: { takes: Record<never, never>; gives: string };
  /** Figures for Prometheus */
  getMetrics: { takes: Record<never, never>; gives: string };
};

/** Method, address and, where there is one, the type of the body. */
export const operations = {
  getAuthProviders: ['GET', '/api/auth/providers'],
  getAuthLogin: ['GET', '/api/auth/login'],
  postAuthLogin: ['POST', '/api/auth/login', 'application/json'],
  getAuthCallback: ['GET', '/api/auth/callback'],
  getAuthMe: ['GET', '/api/auth/me'],
  patchAuthMe: ['PATCH', '/api/auth/me', 'application/json'],
  deleteAuthMe: ['DELETE', '/api/auth/me'],
  postAuthToken: ['POST', '/api/auth/token', 'application/x-www-form-urlencoded'],
  postAuthTokenRevoke: ['POST', '/api/auth/token/revoke', 'application/x-www-form-urlencoded'],
  getWellKnownJwksJson: ['GET', '/.well-known/jwks.json'],
  postApiKeys: ['POST', '/api/api-keys', 'application/json'],
  getApiKeys: ['GET', '/api/api-keys'],
  getApiKeysByApiKeyId: ['GET', '/api/api-keys/{apiKeyId}'],
  deleteApiKeysByApiKeyId: ['DELETE', '/api/api-keys/{apiKeyId}'],
  postAuthLogout: ['POST', '/api/auth/logout'],
  getAuthSignedOut: ['GET', '/api/auth/signed-out'],
  postAuthBackchannelLogout: ['POST', '/api/auth/backchannel-logout', 'application/x-www-form-urlencoded'],
  getAuthSessions: ['GET', '/api/auth/sessions'],
  deleteAuthSessions: ['DELETE', '/api/auth/sessions'],
  deleteAuthSessionsBySessionId: ['DELETE', '/api/auth/sessions/{sessionId}'],
  postAuthRegister: ['POST', '/api/auth/register', 'application/json'],
  postAuthEmailVerification: ['POST', '/api/auth/email/verification', 'application/json'],
  postAuthEmailVerify: ['POST', '/api/auth/email/verify', 'application/json'],
  postAuthPassword: ['POST', '/api/auth/password', 'application/json'],
  postAuthPasswordForgot: ['POST', '/api/auth/password/forgot', 'application/json'],
  postAuthPasswordReset: ['POST', '/api/auth/password/reset', 'application/json'],
  postUploads: ['POST', '/api/uploads', 'application/json'],
  getUploadsByUploadId: ['GET', '/api/uploads/{uploadId}'],
  deleteUploadsByUploadId: ['DELETE', '/api/uploads/{uploadId}'],
  postUploadsByUploadIdComplete: ['POST', '/api/uploads/{uploadId}/complete'],
  getVideos: ['GET', '/api/videos'],
  getVideosByVideoId: ['GET', '/api/videos/{videoId}'],
  patchVideosByVideoId: ['PATCH', '/api/videos/{videoId}', 'application/json'],
  deleteVideosByVideoId: ['DELETE', '/api/videos/{videoId}'],
  getVideosByVideoIdLadder: ['GET', '/api/videos/{videoId}/ladder'],
  getVideosByVideoIdPlayback: ['GET', '/api/videos/{videoId}/playback'],
  postVideosByVideoIdViews: ['POST', '/api/videos/{videoId}/views', 'application/json'],
  getVideosByVideoIdCaptions: ['GET', '/api/videos/{videoId}/captions'],
  getVideosByVideoIdCaptionsByLanguageVtt: ['GET', '/api/videos/{videoId}/captions/{language}.vtt'],
  putVideosByVideoIdCaptionsByLanguage: ['PUT', '/api/videos/{videoId}/captions/{language}', 'text'],
  deleteVideosByVideoIdCaptionsByLanguage: ['DELETE', '/api/videos/{videoId}/captions/{language}'],
  getVideosByVideoIdProgress: ['GET', '/api/videos/{videoId}/progress'],
  postVideosByVideoIdCancel: ['POST', '/api/videos/{videoId}/cancel'],
  postVideosByVideoIdReprocess: ['POST', '/api/videos/{videoId}/reprocess'],
  getVideosByVideoIdHlsByGenerationMasterM3u8: ['GET', '/api/videos/{videoId}/hls/{generation}/master.m3u8'],
  getVideosByVideoIdHlsByGenerationByRungByKindM3u8: [
    'GET',
    '/api/videos/{videoId}/hls/{generation}/{rung}/{kind}.m3u8',
  ],
  getVideosByVideoIdHlsByGenerationAudioByTrackIndexM3u8: [
    'GET',
    '/api/videos/{videoId}/hls/{generation}/audio/{track}/index.m3u8',
  ],
  getVideosByVideoIdHlsByGenerationCaptionsByLanguageIndexM3u8: [
    'GET',
    '/api/videos/{videoId}/hls/{generation}/captions/{language}/index.m3u8',
  ],
  getVideosByVideoIdPosterJpg: ['GET', '/api/videos/{videoId}/poster.jpg'],
  getVideosByVideoIdPosterWebp: ['GET', '/api/videos/{videoId}/poster.webp'],
  getVideosByVideoIdPoster: ['GET', '/api/videos/{videoId}/poster'],
  putVideosByVideoIdPoster: ['PUT', '/api/videos/{videoId}/poster', 'application/json'],
  postVideosByVideoIdPosterUploads: ['POST', '/api/videos/{videoId}/poster/uploads', 'application/json'],
  getVideosByVideoIdPosterUploadsByPosterUploadId: [
    'GET',
    '/api/videos/{videoId}/poster/uploads/{posterUploadId}',
  ],
  postVideosByVideoIdPosterUploadsByPosterUploadIdComplete: [
    'POST',
    '/api/videos/{videoId}/poster/uploads/{posterUploadId}/complete',
  ],
  getVideosByVideoIdPreviewWebp: ['GET', '/api/videos/{videoId}/preview.webp'],
  getVideosByVideoIdStoryboardVtt: ['GET', '/api/videos/{videoId}/storyboard.vtt'],
  getVideosByVideoIdStoryboard: ['GET', '/api/videos/{videoId}/storyboard'],
  getSearch: ['GET', '/api/search'],
  getSearchSuggest: ['GET', '/api/search/suggest'],
  getTrendingByRegion: ['GET', '/api/trending/{region}'],
  getUsers: ['GET', '/api/users'],
  getUsersByUserId: ['GET', '/api/users/{userId}'],
  patchUsersByUserId: ['PATCH', '/api/users/{userId}', 'application/json'],
  getAudit: ['GET', '/api/audit'],
  getHealthz: ['GET', '/healthz'],
  getReadyz: ['GET', '/readyz'],
  getMetrics: ['GET', '/metrics'],
} as const;
