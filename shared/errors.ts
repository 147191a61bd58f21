/** Who has to act: the caller, the maker of the media file, or whoever runs the servers. */
type Fault = 'caller' | 'media' | 'operator';

type ErrorKind = { status: number; title: string; fault: Fault; retryable: boolean };

const caller = (status: number, title: string): ErrorKind => ({
  status,
  title,
  fault: 'caller',
  retryable: false,
});
const media = (title: string): ErrorKind => ({ status: 422, title, fault: 'media', retryable: false });
const operator = (status: number, title: string): ErrorKind => ({
  status,
  title,
  fault: 'operator',
  retryable: true,
});

/** Every error that Millrace names. The code is the contract; the title is for people. */
export const errorKinds = {
  invalid_request: caller(400, 'The request is not valid'),
  invalid_json: caller(400, 'The body is not valid JSON'),
  unknown_version: caller(400, 'This version of the api is not known'),
  not_signed_in: caller(401, 'Sign in first'),
  invalid_credential: caller(401, 'The credential is not valid'),
  invalid_grant: caller(400, 'This gives no tokens'),
  unsupported_grant_type: caller(400, 'This way to tokens is not known'),
  wrong_password: caller(401, 'The e-mail address or the password is wrong'),
  invalid_email_token: caller(400, 'The token from the e-mail does not work'),
  sign_in_failed: caller(400, 'The sign-in did not complete'),
  unknown_provider: caller(400, 'There is no such sign-in provider'),
  registration_not_offered: caller(400, 'The sign-in provider takes no new people here'),
  invalid_logout_token: caller(400, 'The logout token is not valid'),
  forbidden: caller(403, 'You may not do this'),
  cross_site_request: caller(403, 'Another site sent this request'),
  account_suspended: caller(403, 'The account is suspended'),
  account_closing: caller(403, 'The account is being deleted'),
  not_found: caller(404, 'Nothing is here'),
  unknown_region: caller(404, 'This region is not known'),
  unknown_category: caller(404, 'This category is not known'),
  comments_off: caller(403, 'Comments are switched off'),
  taken_down: caller(403, 'Moderators have hidden the video'),
  not_in_region: caller(451, 'The video is not shown in this region'),
  method_not_allowed: caller(405, 'This method is not allowed here'),
  not_acceptable: caller(406, 'There is no reply of an accepted type'),
  upload_incomplete: caller(409, 'The bytes have not arrived yet'),
  upload_mismatch: caller(409, 'The bytes are not the announced ones'),
  upload_closed: caller(409, 'The upload has already ended'),
  video_failed: caller(409, 'The video has failed'),
  in_progress: caller(409, 'The video is being worked on'),
  not_in_progress: caller(409, 'The video is not being worked on'),
  cancelled: caller(409, 'The work was cancelled'),
  category_exists: caller(409, 'There is such a category'),
  category_in_use: caller(409, 'The category is in use'),
  last_admin: caller(409, 'There must be an administrator'),
  already_resolved: caller(409, 'The report is resolved'),
  own_account: caller(409, 'This cannot be done to your own account'),
  already_closing: caller(409, 'The account is being deleted'),
  not_playable_yet: caller(409, 'The video cannot be played yet'),
  plays_outside: caller(409, 'The video plays from outside'),
  changed_meanwhile: caller(412, 'It has changed meanwhile'),
  person_credited: caller(409, 'Videos of others name this person'),
  person_merged: caller(409, 'The person was merged into another'),
  already_credited: caller(409, 'The video names this person so already'),
  too_many_credits: caller(409, 'The video has the most credits'),
  too_many_api_keys: caller(409, 'The account has the most API keys'),
  body_too_large: caller(413, 'The body is too large'),
  too_large: caller(422, 'The file is too large'),
  unsupported_media_type: caller(415, 'The body is of a type that is not taken here'),
  invalid_image: caller(422, 'The file is not a picture that can be used'),
  invalid_captions: caller(422, 'The captions cannot be read'),
  if_match_needed: caller(428, 'Say which state is to be changed'),
  too_many_requests: caller(429, 'Too many requests'),

  not_a_video: media('The file is not a video'),
  no_video_stream: media('The file has no picture'),
  unsupported_codec: media('The picture uses a codec that cannot be decoded here'),
  undecodable: media('The picture cannot be decoded'),
  truncated: media('The file ends too early'),
  encrypted: media('The file is encrypted'),
  too_long: media('The video is too long'),
  too_many_pixels: media('The picture has too many pixels'),
  timed_out: media('Working on the file took too long'),
  source_missing: media('The uploaded file is gone'),

  encoding_failed: operator(500, 'Encoding failed'),
  output_rejected: operator(500, 'The encoded result did not pass the checks'),
  unavailable: operator(503, 'A server behind this one does not answer'),
  internal: operator(500, 'Something went wrong here'),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** One violation of a request's schema: a JSON pointer (or parameter name) and a sentence. */
export type Violation = { pointer: string; message: string };

/**
 * The one error class. `message` is a sentence that may be shown to the caller; what only operators may
 * read goes into `cause`, which is logged and never sent.
 */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly violations: Violation[];
  /** When trying again may help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; violations?: Violation[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.violations = options.violations ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** The error itself when it is ours; else `internal` with the original as the private cause. */
export function toMillraceError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  return new MillraceError('internal', 'An unexpected error happened. It has been logged.', { cause: error });
}
