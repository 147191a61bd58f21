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
    | 'category_exists'
    | 'category_in_use'
    | 'last_admin'
    | 'already_resolved'
    | 'own_account'
    | 'already_closing'
    | 'not_playable_yet'
    | 'plays_outside'
    | 'changed_meanwhile'
    | 'person_credited'
    | 'person_merged'
    | 'already_credited'
    | 'too_many_credits'
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
  /** What it is about: one of the categories */
  category?: string;
  /** One that comes again is left out */
  tags?: string[];
  /** What is spoken in it (ISO 639-1) */
  language?: string;
  visibility?: 'public' | 'unlisted' | 'private';
  /** Where it may be played (ISO 3166-1); empty: everywhere */
  regions?: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge?: number | null;
  /** Until then it is seen as if it were private; a time to come. null: at once */
  publishAt?: string | null;
  /** Nobody may comment on it */
  commentsOff?: boolean;
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

export type CategoryTree = {
  items: CategoryBranch[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
  /** When the videos were counted */
  countedAt: string;
};

export type CategoryBranch = {
  /** A category */
  categoryId: string;
  name: string;
  /** That the name is in */
  language: string;
  /** That everyone may see, those of its children too */
  videos: number;
  children: CategoryBranch[];
};

export type Category = {
  /** A category */
  categoryId: string;
  /** Of which it is a part; null: of none */
  parentId: string | null;
  /** By language (ISO 639-1) */
  names: Record<string, string>;
  /** Among those of one parent the lowest come first */
  order: number;
  /** Raised by each change; If-Match goes by it */
  revision: number;
};

export type NewCategory = {
  /** A category */
  categoryId: string;
  /** Of which it is a part; null: of none */
  parentId?: string | null;
  /** By language (ISO 639-1) */
  names: Record<string, string>;
  /** Among those of one parent the lowest come first */
  order?: number;
};

export type CategoryChange = {
  /** Of which it is a part; null: of none */
  parentId?: string | null;
  /** By language (ISO 639-1) */
  names?: Record<string, string>;
  /** Among those of one parent the lowest come first */
  order?: number;
};

export type ServedRegions = {
  items: ServedRegion[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type ServedRegion = {
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  name: string;
  /** That are spoken there (ISO 639-1), the main ones first */
  languages: string[];
  /** Its pages are written right to left */
  isRtl: boolean;
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
      | 'category_exists'
      | 'category_in_use'
      | 'last_admin'
      | 'already_resolved'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'plays_outside'
      | 'changed_meanwhile'
      | 'person_credited'
      | 'person_merged'
      | 'already_credited'
      | 'too_many_credits'
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
  /** Nobody may comment on it */
  commentsOff: boolean;
  warnings: {
    code: string;
    message: string;
  }[];
  /** Moderators have hidden it; who else sees this is its owner */
  takenDown: TakeDown | null;
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

export type TakeDown = {
  at: string;
  reason: string;
  /** For its owner */
  message: string;
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
      | 'category_exists'
      | 'category_in_use'
      | 'last_admin'
      | 'already_resolved'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'plays_outside'
      | 'changed_meanwhile'
      | 'person_credited'
      | 'person_merged'
      | 'already_credited'
      | 'too_many_credits'
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
  /** Nobody may comment on it */
  commentsOff?: boolean;
  warnings?: {
    code: string;
    message: string;
  }[];
  /** Moderators have hidden it; who else sees this is its owner */
  takenDown?: TakeDown | null;
  uploadedAt?: string | null;
  playableAt?: string | null;
  readyAt?: string | null;
};

export type VideoChange = {
  title?: string;
  description?: string;
  /** null: none */
  category?: string | null;
  /** One that comes again is left out */
  tags?: string[];
  /** null: none */
  language?: string | null;
  visibility?: 'public' | 'unlisted' | 'private';
  /** Where it may be played (ISO 3166-1); empty: everywhere */
  regions?: string[];
  /** From this age on it is meant to be seen; null: from any */
  minimumAge?: number | null;
  /** A time to come: until then it is seen as if it were private, also when it was published before. null: at once, if it is not published yet */
  publishAt?: string | null;
  /** Nobody may comment on it */
  commentsOff?: boolean;
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
      | 'colours'
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
  /** The HLS master playlist; of an imported video its address outside, of HLS or of one file */
  playlist: string;
  posterUrl: string | null;
  durationSeconds: number | null;
};

export type Like = {
  /** By me */
  liked: boolean;
  /** By all */
  likes: number;
};

export type CommentPage = {
  items: Comment[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Comment = {
  /** A comment */
  commentId: string;
  /** A video */
  videoId: string;
  /** The comment under which it stands; null: it stands by itself */
  replyTo: string | null;
  /** Whom it answers, where that is another reply; else null */
  answers: {
    /** null: the account is deleted */
    userId: string | null;
    displayName: string;
  } | null;
  /** What is hidden or removed keeps its place while there are replies to it */
  state: 'shown' | 'hidden' | 'removed';
  /** null where the comment is not shown */
  author: {
    /** null: the account is deleted */
    userId: string | null;
    displayName: string;
  } | null;
  /** Plain text; null where it is not shown */
  text: string | null;
  /** The video’s owner wants it at the top */
  isPinned: boolean;
  /** How many are shown */
  replies: number;
  /** Raised by each change of the text */
  revision: number;
  createdAt: string;
  editedAt: string | null;
};

export type NewComment = {
  /** Plain text, whatever stands in it */
  text: string;
  /** The comment that it answers */
  replyTo?: string;
};

export type CommentChange = {
  /** Plain text, whatever stands in it */
  text: string;
};

export type NewView = {
  /** Where in the video the player stands, seconds */
  position: number;
  /** How much was watched since the player was opened, seconds; what is beyond the length is cut off */
  watchedSeconds: number;
  /** Where the viewer is, as far as the client knows; what the CDN says goes before it */
  region?: string;
};

export type ViewReply = {
  /** The video has one view more */
  counted: boolean;
  /** Why not: less than 10 s and less than 30 % were watched; the viewer was counted within the hour; the User-Agent is one of a robot */
  reason: 'too_short' | 'already_counted' | 'robot' | null;
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

export type EditPage = {
  items: Edit[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Edit = {
  editId: string;
  at: string;
  /** Who did it: an account; `operator`: an import */
  by: string;
  /** Of the video, as this change has made it */
  revision: number;
  /** Each field that got another value */
  changes: Record<
    string,
    {
      from: string | number | boolean | string[] | null;
      to: string | number | boolean | string[] | null;
    }
  >;
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
      | 'category_exists'
      | 'category_in_use'
      | 'last_admin'
      | 'already_resolved'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'plays_outside'
      | 'changed_meanwhile'
      | 'person_credited'
      | 'person_merged'
      | 'already_credited'
      | 'too_many_credits'
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

export type NewPerson = {
  name: string;
  biography?: string;
};

export type Person = {
  /** A person who has to do with videos */
  personId: string;
  /** Several people may have the same */
  name: string;
  biography: string;
  pictureUrl: string | null;
  /** Of the picture, in pixels, rising */
  pictureWidths: number[];
  /** The account that may change it; null: moderators alone */
  createdBy: string | null;
  /** Raised by each change; If-Match goes by it */
  revision: number;
  createdAt: string;
};

export type PersonPage = {
  items: Person[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type PersonPageSelection = {
  items: {
    /** A person who has to do with videos */
    personId?: string;
    /** Several people may have the same */
    name?: string;
    biography?: string;
    pictureUrl?: string | null;
    /** Of the picture, in pixels, rising */
    pictureWidths?: number[];
    /** The account that may change it; null: moderators alone */
    createdBy?: string | null;
    /** Raised by each change; If-Match goes by it */
    revision?: number;
    createdAt?: string;
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type PersonChange = {
  name?: string;
  biography?: string;
};

export type PersonVideoPage = {
  items: PersonVideo[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type PersonVideo = {
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
  credits: {
    /** What the person did */
    role:
      | 'actor'
      | 'director'
      | 'writer'
      | 'producer'
      | 'composer'
      | 'cinematographer'
      | 'editor'
      | 'presenter'
      | 'narrator'
      | 'guest'
      | 'other';
    /** Whom the person played */
    character: string | null;
  }[];
};

export type PersonVideoPageSelection = {
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
    credits?: {
      /** What the person did */
      role:
        | 'actor'
        | 'director'
        | 'writer'
        | 'producer'
        | 'composer'
        | 'cinematographer'
        | 'editor'
        | 'presenter'
        | 'narrator'
        | 'guest'
        | 'other';
      /** Whom the person played */
      character: string | null;
    }[];
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type PersonMerge = {
  /** The person that stays */
  into: string;
};

export type NewPictureUpload = {
  /** Exact size in bytes, at most 1048576 */
  size: number;
  /** It is signed and must be sent with the bytes */
  type: 'image/jpeg' | 'image/png' | 'image/webp';
};

export type PictureTicket = {
  method: 'PUT';
  /** Send the bytes here, once */
  url: string;
  /** Send these headers as they are */
  headers: Record<string, string>;
  expiresAt: string;
  /** An upload of a person’s picture */
  pictureUploadId: string;
};

export type PictureUpload = {
  /** It waits for its bytes, then for the sizes of the picture */
  state: 'waiting' | 'making' | 'ready' | 'failed' | 'expired';
  size: number;
  type: string;
  expiresAt: string;
  /** An upload of a person’s picture */
  pictureUploadId: string;
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
      | 'category_exists'
      | 'category_in_use'
      | 'last_admin'
      | 'already_resolved'
      | 'own_account'
      | 'already_closing'
      | 'not_playable_yet'
      | 'plays_outside'
      | 'changed_meanwhile'
      | 'person_credited'
      | 'person_merged'
      | 'already_credited'
      | 'too_many_credits'
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
};

export type CreditList = {
  items: Credit[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Credit = {
  /** What one person did in one video */
  creditId: string;
  /** A person who has to do with videos */
  personId: string;
  /** Of the person, as it is now */
  name: string;
  pictureUrl: string | null;
  /** What the person did */
  role:
    | 'actor'
    | 'director'
    | 'writer'
    | 'producer'
    | 'composer'
    | 'cinematographer'
    | 'editor'
    | 'presenter'
    | 'narrator'
    | 'guest'
    | 'other';
  /** Whom the person played */
  character: string | null;
  /** Rising through the list, with gaps or without */
  order: number;
};

export type CreditListSelection = {
  items: {
    /** What one person did in one video */
    creditId?: string;
    /** A person who has to do with videos */
    personId?: string;
    /** Of the person, as it is now */
    name?: string;
    pictureUrl?: string | null;
    /** What the person did */
    role?:
      | 'actor'
      | 'director'
      | 'writer'
      | 'producer'
      | 'composer'
      | 'cinematographer'
      | 'editor'
      | 'presenter'
      | 'narrator'
      | 'guest'
      | 'other';
    /** Whom the person played */
    character?: string | null;
    /** Rising through the list, with gaps or without */
    order?: number;
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type CreditsChange = {
  /** All of them, in their order */
  credits: {
    /** A person who has to do with videos */
    personId: string;
    /** What the person did */
    role:
      | 'actor'
      | 'director'
      | 'writer'
      | 'producer'
      | 'composer'
      | 'cinematographer'
      | 'editor'
      | 'presenter'
      | 'narrator'
      | 'guest'
      | 'other';
    /** Whom the person played */
    character?: string | null;
  }[];
};

export type NewCredit = {
  /** A person who has to do with videos */
  personId: string;
  /** What the person did */
  role:
    | 'actor'
    | 'director'
    | 'writer'
    | 'producer'
    | 'composer'
    | 'cinematographer'
    | 'editor'
    | 'presenter'
    | 'narrator'
    | 'guest'
    | 'other';
  /** Whom the person played */
  character?: string | null;
  /** What has this order or a higher one moves behind it; without it: the last */
  order?: number;
};

export type SearchPage = {
  items: SearchHit[];
  /** On all pages */
  total: number;
  page: number;
  perPage: number;
  facets: {
    /** Of all that were found, the commonest first; what is in a category is in those above it, too */
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
  items: {
    text: string;
    /** What it is */
    kind: 'title';
    /** A video */
    videoId: string;
  }[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
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
  /** Of a ranked video those that its score comes of, of others all there are */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  /** null: not ranked */
  rank: number | null;
  /** Places up (or down, below 0) since the run before; null: new */
  change: number | null;
  /** Where it is hot: in the region; or, where too little is hot there, in all regions that share a language with it, or in all regions. null: not ranked */
  basis: 'region' | 'language' | 'world' | null;
  /** What the rank is made of, or why there is none, as of `computedAt` */
  explanation: {
    /** The events, each worth less the older it is */
    score: number;
    /** From where it is hot, as all that follows */
    views: number;
    likes: number;
    comments: number;
    /** Since the video was published */
    ageHours: number;
    /** After this long an event counts half */
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
    /** Of a ranked video those that its score comes of, of others all there are */
    views?: number;
    likes?: number;
    /** That are shown */
    comments?: number;
    createdAt?: string;
    /** From when on it may be seen; to come, if that was chosen */
    publishedAt?: string;
    /** null: not ranked */
    rank?: number | null;
    /** Places up (or down, below 0) since the run before; null: new */
    change?: number | null;
    /** Where it is hot: in the region; or, where too little is hot there, in all regions that share a language with it, or in all regions. null: not ranked */
    basis?: 'region' | 'language' | 'world' | null;
    /** What the rank is made of, or why there is none, as of `computedAt` */
    explanation?: {
      /** The events, each worth less the older it is */
      score: number;
      /** From where it is hot, as all that follows */
      views: number;
      likes: number;
      comments: number;
      /** Since the video was published */
      ageHours: number;
      /** After this long an event counts half */
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
  /** How many videos the answer could hold without a limit; at most 500 without a rank are counted */
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
  /** Of a ranked video those that its score comes of, of others all there are */
  views: number;
  likes: number;
  /** That are shown */
  comments: number;
  createdAt: string;
  /** From when on it may be seen; to come, if that was chosen */
  publishedAt: string;
  /** null: not ranked; those follow by views */
  rank: number | null;
};

export type TrendingSelection = {
  /** A region (ISO 3166-1 alpha-2) */
  region: string;
  /** How many videos the answer could hold without a limit; at most 500 without a rank are counted */
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
    /** Of a ranked video those that its score comes of, of others all there are */
    views?: number;
    likes?: number;
    /** That are shown */
    comments?: number;
    createdAt?: string;
    /** From when on it may be seen; to come, if that was chosen */
    publishedAt?: string;
    /** null: not ranked; those follow by views */
    rank?: number | null;
  }[];
};

export type VideoTrending = {
  /** A video */
  videoId: string;
  /** When the ranks were computed; null before the first run */
  computedAt: string | null;
  regions: {
    /** A region (ISO 3166-1 alpha-2) */
    region: string;
    /** null: not ranked */
    rank: number | null;
    /** Places up (or down, below 0) since the run before; null: new */
    change: number | null;
    /** Where it is hot: in the region; or, where too little is hot there, in all regions that share a language with it, or in all regions. null: not ranked */
    basis: 'region' | 'language' | 'world' | null;
    /** What the rank is made of, or why there is none, as of `computedAt` */
    explanation: {
      /** The events, each worth less the older it is */
      score: number;
      /** From where it is hot, as all that follows */
      views: number;
      likes: number;
      comments: number;
      /** Since the video was published */
      ageHours: number;
      /** After this long an event counts half */
      halfLifeHours: number;
      sentence: string;
    };
  }[];
};

export type NewReport = {
  reason: 'spam' | 'violence' | 'sexual' | 'hate' | 'copyright' | 'misleading' | 'other';
  /** What is wrong, for moderators */
  text?: string;
};

export type SentReport = {
  /** A report */
  reportId: string;
  reason: 'spam' | 'violence' | 'sexual' | 'hate' | 'copyright' | 'misleading' | 'other';
  text: string;
  at: string;
};

export type ReportPage = {
  items: Report[];
  /** Send it as `cursor` for what follows; null: there is no more */
  nextCursor: string | null;
};

export type Report = {
  /** A report */
  reportId: string;
  kind: 'video' | 'comment';
  /** A video */
  videoId: string;
  /** null: the video itself */
  commentId: string | null;
  /** Whose it is; null: of a deleted account */
  ownerId: string | null;
  /** The title, or the words; null: it is gone */
  excerpt: string | null;
  state: 'open' | 'resolved' | 'dismissed';
  /** How many people have reported it */
  reports: number;
  /** How many of them named which reason */
  reasons: Record<string, number>;
  /** Of the first */
  at: string;
  /** Of the last */
  lastAt: string;
  outcome: 'dismissed' | 'hidden' | 'taken_down' | 'removed' | null;
  /** Of who decided, for moderators */
  note: string;
  resolvedBy: string | null;
  resolvedAt: string | null;
};

export type WholeReport = {
  /** A report */
  reportId: string;
  kind: 'video' | 'comment';
  /** A video */
  videoId: string;
  /** null: the video itself */
  commentId: string | null;
  /** Whose it is; null: of a deleted account */
  ownerId: string | null;
  /** The title, or the words; null: it is gone */
  excerpt: string | null;
  state: 'open' | 'resolved' | 'dismissed';
  /** How many people have reported it */
  reports: number;
  /** How many of them named which reason */
  reasons: Record<string, number>;
  /** Of the first */
  at: string;
  /** Of the last */
  lastAt: string;
  outcome: 'dismissed' | 'hidden' | 'taken_down' | 'removed' | null;
  /** Of who decided, for moderators */
  note: string;
  resolvedBy: string | null;
  resolvedAt: string | null;
  /** What people said, the oldest first, 100 at most */
  complaints: {
    /** Who said it; null: a deleted account */
    userId: string | null;
    reason: 'spam' | 'violence' | 'sexual' | 'hate' | 'copyright' | 'misleading' | 'other';
    text: string;
    at: string;
  }[];
};

export type Resolution = {
  /** `hidden` is for comments, `taken_down` for videos */
  outcome: 'dismissed' | 'hidden' | 'taken_down';
  /** For moderators */
  note?: string;
  /** For its owner */
  message?: string;
};

export type NewTakeDown = {
  reason: 'spam' | 'violence' | 'sexual' | 'hate' | 'copyright' | 'misleading' | 'other';
  /** For its owner */
  message?: string;
};

export type Analytics = {
  /** A video */
  videoId: string;
  /** The first day, in UTC */
  from: string;
  /** The last day, in UTC */
  to: string;
  by: 'day' | 'hour';
  /** Of these days */
  totals: {
    views: number;
    /** Of all viewers together */
    watchSeconds: number;
    /** Given, less those taken back */
    likes: number;
    comments: number;
  };
  /** The same by region */
  regions: {
    views: number;
    /** Of all viewers together */
    watchSeconds: number;
    /** Given, less those taken back */
    likes: number;
    comments: number;
    /** A region (ISO 3166-1 alpha-2) */
    region: string;
  }[];
  /** By time and region; where nothing was counted there is none */
  series: {
    views: number;
    /** Of all viewers together */
    watchSeconds: number;
    /** Given, less those taken back */
    likes: number;
    comments: number;
    /** The beginning of the day or hour */
    at: string;
    /** A region (ISO 3166-1 alpha-2) */
    region: string;
  }[];
};

export type OwnAnalytics = {
  /** That are not deleted */
  videos: number;
  /** Of all of them, since they were made */
  totals: {
    views: number;
    /** Given, less those taken back */
    likes: number;
    comments: number;
  };
  /** The most viewed */
  top: {
    views: number;
    /** Given, less those taken back */
    likes: number;
    comments: number;
    /** A video */
    videoId: string;
    title: string;
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
  /** Who did it; `operator`: somebody at the command line */
  actorId: string;
  /** The row of the policy */
  action: string;
  /** `CLI`: by a command */
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
      /** What may be seen there (ISO 3166-1) */
      region?: string;
      /** What is in it, or in one below it */
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
  /** What videos are about, as a tree, and how many there are of each */
  getCategories: {
    takes: {
      /** That the names are to be in */
      language?: string;
    };
    gives: CategoryTree;
  };
  /** Add a category */
  postCategories: {
    takes: {
      body: NewCategory;
    };
    gives: Category;
  };
  /** One category with its names in all languages */
  getCategoriesByCategoryId: {
    takes: {
      /** A category */
      categoryId: string;
    };
    gives: Category;
  };
  /** Give a category other names or another place */
  patchCategoriesByCategoryId: {
    takes: {
      /** A category */
      categoryId: string;
      body: CategoryChange;
    };
    gives: Category;
  };
  /** Remove a category that no video and no other category is in */
  deleteCategoriesByCategoryId: {
    takes: {
      /** A category */
      categoryId: string;
    };
    gives: undefined;
  };
  /** The regions that are served, with their names and languages */
  getRegions: {
    takes: {
      /** That the names are in */
      language?: string;
    };
    gives: ServedRegions;
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
  /** Whether I like a video */
  getVideosByVideoIdLike: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Like;
  };
  /** Like a video */
  putVideosByVideoIdLike: {
    takes: {
      /** A video */
      videoId: string;
      /** Where the viewer is, unless the CDN in front says so; one that is not served counts as the default */
      region?: string;
    };
    gives: Like;
  };
  /** Like a video no longer */
  deleteVideosByVideoIdLike: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: Like;
  };
  /** What viewers say of a video, the newest first, without the replies */
  getVideosByVideoIdComments: {
    takes: {
      /** A video */
      videoId: string;
      /** A field; with - in front the other way round */
      sort?: 'newest' | 'oldest';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
    };
    gives: CommentPage;
  };
  /** Comment a video, or reply to a comment */
  postVideosByVideoIdComments: {
    takes: {
      /** A video */
      videoId: string;
      /** Where the viewer is, unless the CDN in front says so; one that is not served counts as the default */
      region?: string;
      body: NewComment;
    };
    gives: Comment;
  };
  /** One comment */
  getVideosByVideoIdCommentsByCommentId: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: Comment;
  };
  /** Change the words of my comment */
  patchVideosByVideoIdCommentsByCommentId: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
      body: CommentChange;
    };
    gives: Comment;
  };
  /** Remove a comment: mine, one on my video, or as a moderator */
  deleteVideosByVideoIdCommentsByCommentId: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: undefined;
  };
  /** The replies to a comment, the oldest first */
  getVideosByVideoIdCommentsByCommentIdReplies: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
      /** A field; with - in front the other way round */
      sort?: 'oldest';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
    };
    gives: CommentPage;
  };
  /** Count a view */
  postVideosByVideoIdViews: {
    takes: {
      /** A video */
      videoId: string;
      body: NewView;
    };
    gives: ViewReply;
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
  /** Who has changed what of a video, the newest first */
  getVideosByVideoIdEdits: {
    takes: {
      /** A video */
      videoId: string;
      /** A field; with - in front the other way round */
      sort?: '-revision' | 'revision';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
    };
    gives: EditPage;
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
  /** Add a person, to name in the credits of videos */
  postPeople: {
    takes: {
      body: NewPerson;
    };
    gives: Person;
  };
  /** People by name */
  getPeople: {
    takes: {
      /** How the name begins, whatever the case and the accents */
      q?: string;
      /** A field; with - in front the other way round */
      sort?: 'name';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: PersonPage;
    selected: PersonPageSelection;
  };
  /** One of the people that credits can name */
  getPeopleByPersonId: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
    };
    gives: Person;
  };
  /** Change what is said of a person */
  patchPeopleByPersonId: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      body: PersonChange;
    };
    gives: Person;
  };
  /** Remove a person, and its credits in videos of the one who has added it */
  deletePeopleByPersonId: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
    };
    gives: undefined;
  };
  /** The videos of a person that everyone may see, the newest first */
  getPeopleByPersonIdVideos: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      /** A field; with - in front the other way round */
      sort?: '-publishedAt';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: PersonVideoPage;
    selected: PersonVideoPageSelection;
  };
  /** Say that two people are one */
  postPeopleByPersonIdMerge: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      body: PersonMerge;
    };
    gives: Person;
  };
  /** The picture of a person as JPEG, by a redirect to the store */
  getPeopleByPersonIdPictureJpg: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      /** Pixels; the next size at or above it is given, without it the largest */
      width?: number;
    };
    leads: true;
  };
  /** The picture of a person as WebP, by a redirect to the store */
  getPeopleByPersonIdPictureWebp: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      /** Pixels; the next size at or above it is given, without it the largest */
      width?: number;
    };
    leads: true;
  };
  /** Ask for a ticket to upload a picture of a person */
  postPeopleByPersonIdPictureUploads: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      body: NewPictureUpload;
    };
    gives: PictureTicket;
  };
  /** What became of a ticket for a picture of a person */
  getPeopleByPersonIdPictureUploadsByPictureUploadId: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      /** An upload of a person’s picture */
      pictureUploadId: string;
    };
    gives: PictureUpload;
  };
  /** Say that the bytes of a picture of a person are there */
  postPeopleByPersonIdPictureUploadsByPictureUploadIdComplete: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
      /** An upload of a person’s picture */
      pictureUploadId: string;
    };
    gives: PictureUpload;
  };
  /** Show no picture of a person any more */
  deletePeopleByPersonIdPicture: {
    takes: {
      /** A person who has to do with videos */
      personId: string;
    };
    gives: undefined;
  };
  /** Who did what in a video, in order */
  getVideosByVideoIdCredits: {
    takes: {
      /** A video */
      videoId: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: CreditList;
    selected: CreditListSelection;
  };
  /** Say who did what in a video, all of it */
  putVideosByVideoIdCredits: {
    takes: {
      /** A video */
      videoId: string;
      body: CreditsChange;
    };
    gives: CreditList;
  };
  /** Add one to who did what in a video */
  postVideosByVideoIdCredits: {
    takes: {
      /** A video */
      videoId: string;
      body: NewCredit;
    };
    gives: CreditList;
  };
  /** Take one from who did what in a video */
  deleteVideosByVideoIdCreditsByCreditId: {
    takes: {
      /** A video */
      videoId: string;
      /** What one person did in one video */
      creditId: string;
    };
    gives: undefined;
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
  /** What a region watches: ranked videos, then by views those without a rank */
  getTrendingByRegion: {
    takes: {
      /** One of the regions that are served */
      region: string;
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
      /** Only videos of this category, and of those below it */
      category?: string;
      /** Only these fields, with commas between */
      fields?: string;
    };
    gives: TrendingPage;
    older: Trending;
    selected: TrendingPageSelection;
    olderSelected: TrendingSelection;
  };
  /** Where a video stands in each region, and why */
  getVideosByVideoIdTrending: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: VideoTrending;
  };
  /** Report a video to the moderators */
  postVideosByVideoIdReports: {
    takes: {
      /** A video */
      videoId: string;
      body: NewReport;
    };
    gives: SentReport;
  };
  /** Report a comment to the moderators */
  postVideosByVideoIdCommentsByCommentIdReports: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
      body: NewReport;
    };
    gives: SentReport;
  };
  /** What was reported, the oldest first */
  getReports: {
    takes: {
      /** Those that wait, or have ended */
      state?: 'open' | 'resolved' | 'dismissed';
      /** Only videos, or only comments */
      kind?: 'video' | 'comment';
      /** A field; with - in front the other way round */
      sort?: 'at' | '-at';
      /** How many at most */
      limit?: number;
      /** `nextCursor` of the page before, with the same sort and filters */
      cursor?: string;
    };
    gives: ReportPage;
  };
  /** One report, with what people said */
  getReportsByReportId: {
    takes: {
      /** A report */
      reportId: string;
    };
    gives: WholeReport;
  };
  /** Decide about a report */
  postReportsByReportIdResolve: {
    takes: {
      /** A report */
      reportId: string;
      body: Resolution;
    };
    gives: WholeReport;
  };
  /** Take a video down */
  putVideosByVideoIdTakeDown: {
    takes: {
      /** A video */
      videoId: string;
      body: NewTakeDown;
    };
    gives: TakeDown;
  };
  /** Show a video again that was taken down */
  deleteVideosByVideoIdTakeDown: {
    takes: {
      /** A video */
      videoId: string;
    };
    gives: undefined;
  };
  /** Hide a comment from all but its author and moderators */
  putVideosByVideoIdCommentsByCommentIdHidden: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: undefined;
  };
  /** Show a comment again */
  deleteVideosByVideoIdCommentsByCommentIdHidden: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: undefined;
  };
  /** Pin a comment: it comes first from then on, and no other does */
  putVideosByVideoIdCommentsByCommentIdPin: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: undefined;
  };
  /** Take the pin off a comment */
  deleteVideosByVideoIdCommentsByCommentIdPin: {
    takes: {
      /** A video */
      videoId: string;
      /** A comment */
      commentId: string;
    };
    gives: undefined;
  };
  /** Views, time watched, likes and comments of a video, by time and region */
  getVideosByVideoIdAnalytics: {
    takes: {
      /** A video */
      videoId: string;
      /** The first day, in UTC; without it 28 days end with `to` */
      from?: string;
      /** The last day, in UTC, itself included; without it today */
      to?: string;
      /** At most 400 days by the day, 31 by the hour */
      by?: 'day' | 'hour';
    };
    gives: Analytics;
  };
  /** The same as comma-separated values (RFC 4180), a line for each time and region */
  getVideosByVideoIdAnalyticsCsv: {
    takes: {
      /** A video */
      videoId: string;
      /** The first day, in UTC; without it 28 days end with `to` */
      from?: string;
      /** The last day, in UTC, itself included; without it today */
      to?: string;
      /** At most 400 days by the day, 31 by the hour */
      by?: 'day' | 'hour';
    };
    gives: string;
  };
  /** My videos: how many, what they came to, and the most viewed */
  getAnalytics: {
    takes: {
      /** How many videos are listed */
      limit?: number;
    };
    gives: OwnAnalytics;
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
  /** MongoDB and S3 answer, and Redis takes writes */
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
  getCategories: ['GET', '/api/categories'],
  postCategories: ['POST', '/api/categories', 'application/json'],
  getCategoriesByCategoryId: ['GET', '/api/categories/{categoryId}'],
  patchCategoriesByCategoryId: ['PATCH', '/api/categories/{categoryId}', 'application/json'],
  deleteCategoriesByCategoryId: ['DELETE', '/api/categories/{categoryId}'],
  getRegions: ['GET', '/api/regions'],
  getVideosByVideoId: ['GET', '/api/videos/{videoId}'],
  patchVideosByVideoId: ['PATCH', '/api/videos/{videoId}', 'application/json'],
  deleteVideosByVideoId: ['DELETE', '/api/videos/{videoId}'],
  getVideosByVideoIdLadder: ['GET', '/api/videos/{videoId}/ladder'],
  getVideosByVideoIdPlayback: ['GET', '/api/videos/{videoId}/playback'],
  getVideosByVideoIdLike: ['GET', '/api/videos/{videoId}/like'],
  putVideosByVideoIdLike: ['PUT', '/api/videos/{videoId}/like'],
  deleteVideosByVideoIdLike: ['DELETE', '/api/videos/{videoId}/like'],
  getVideosByVideoIdComments: ['GET', '/api/videos/{videoId}/comments'],
  postVideosByVideoIdComments: ['POST', '/api/videos/{videoId}/comments', 'application/json'],
  getVideosByVideoIdCommentsByCommentId: ['GET', '/api/videos/{videoId}/comments/{commentId}'],
  patchVideosByVideoIdCommentsByCommentId: [
    'PATCH',
    '/api/videos/{videoId}/comments/{commentId}',
    'application/json',
  ],
  deleteVideosByVideoIdCommentsByCommentId: ['DELETE', '/api/videos/{videoId}/comments/{commentId}'],
  getVideosByVideoIdCommentsByCommentIdReplies: ['GET', '/api/videos/{videoId}/comments/{commentId}/replies'],
  postVideosByVideoIdViews: ['POST', '/api/videos/{videoId}/views', 'application/json'],
  getVideosByVideoIdCaptions: ['GET', '/api/videos/{videoId}/captions'],
  getVideosByVideoIdCaptionsByLanguageVtt: ['GET', '/api/videos/{videoId}/captions/{language}.vtt'],
  putVideosByVideoIdCaptionsByLanguage: ['PUT', '/api/videos/{videoId}/captions/{language}', 'text'],
  deleteVideosByVideoIdCaptionsByLanguage: ['DELETE', '/api/videos/{videoId}/captions/{language}'],
  getVideosByVideoIdEdits: ['GET', '/api/videos/{videoId}/edits'],
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
  postPeople: ['POST', '/api/people', 'application/json'],
  getPeople: ['GET', '/api/people'],
  getPeopleByPersonId: ['GET', '/api/people/{personId}'],
  patchPeopleByPersonId: ['PATCH', '/api/people/{personId}', 'application/json'],
  deletePeopleByPersonId: ['DELETE', '/api/people/{personId}'],
  getPeopleByPersonIdVideos: ['GET', '/api/people/{personId}/videos'],
  postPeopleByPersonIdMerge: ['POST', '/api/people/{personId}/merge', 'application/json'],
  getPeopleByPersonIdPictureJpg: ['GET', '/api/people/{personId}/picture.jpg'],
  getPeopleByPersonIdPictureWebp: ['GET', '/api/people/{personId}/picture.webp'],
  postPeopleByPersonIdPictureUploads: ['POST', '/api/people/{personId}/picture/uploads', 'application/json'],
  getPeopleByPersonIdPictureUploadsByPictureUploadId: [
    'GET',
    '/api/people/{personId}/picture/uploads/{pictureUploadId}',
  ],
  postPeopleByPersonIdPictureUploadsByPictureUploadIdComplete: [
    'POST',
    '/api/people/{personId}/picture/uploads/{pictureUploadId}/complete',
  ],
  deletePeopleByPersonIdPicture: ['DELETE', '/api/people/{personId}/picture'],
  getVideosByVideoIdCredits: ['GET', '/api/videos/{videoId}/credits'],
  putVideosByVideoIdCredits: ['PUT', '/api/videos/{videoId}/credits', 'application/json'],
  postVideosByVideoIdCredits: ['POST', '/api/videos/{videoId}/credits', 'application/json'],
  deleteVideosByVideoIdCreditsByCreditId: ['DELETE', '/api/videos/{videoId}/credits/{creditId}'],
  getSearch: ['GET', '/api/search'],
  getSearchSuggest: ['GET', '/api/search/suggest'],
  getTrendingByRegion: ['GET', '/api/trending/{region}'],
  getVideosByVideoIdTrending: ['GET', '/api/videos/{videoId}/trending'],
  postVideosByVideoIdReports: ['POST', '/api/videos/{videoId}/reports', 'application/json'],
  postVideosByVideoIdCommentsByCommentIdReports: [
    'POST',
    '/api/videos/{videoId}/comments/{commentId}/reports',
    'application/json',
  ],
  getReports: ['GET', '/api/reports'],
  getReportsByReportId: ['GET', '/api/reports/{reportId}'],
  postReportsByReportIdResolve: ['POST', '/api/reports/{reportId}/resolve', 'application/json'],
  putVideosByVideoIdTakeDown: ['PUT', '/api/videos/{videoId}/take-down', 'application/json'],
  deleteVideosByVideoIdTakeDown: ['DELETE', '/api/videos/{videoId}/take-down'],
  putVideosByVideoIdCommentsByCommentIdHidden: ['PUT', '/api/videos/{videoId}/comments/{commentId}/hidden'],
  deleteVideosByVideoIdCommentsByCommentIdHidden: [
    'DELETE',
    '/api/videos/{videoId}/comments/{commentId}/hidden',
  ],
  putVideosByVideoIdCommentsByCommentIdPin: ['PUT', '/api/videos/{videoId}/comments/{commentId}/pin'],
  deleteVideosByVideoIdCommentsByCommentIdPin: ['DELETE', '/api/videos/{videoId}/comments/{commentId}/pin'],
  getVideosByVideoIdAnalytics: ['GET', '/api/videos/{videoId}/analytics'],
  getVideosByVideoIdAnalyticsCsv: ['GET', '/api/videos/{videoId}/analytics.csv'],
  getAnalytics: ['GET', '/api/analytics'],
  getUsers: ['GET', '/api/users'],
  getUsersByUserId: ['GET', '/api/users/{userId}'],
  patchUsersByUserId: ['PATCH', '/api/users/{userId}', 'application/json'],
  getAudit: ['GET', '/api/audit'],
  getHealthz: ['GET', '/healthz'],
  getReadyz: ['GET', '/readyz'],
  getMetrics: ['GET', '/metrics'],
} as const;
