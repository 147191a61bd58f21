import { MillraceError } from '../shared/errors.ts';

/** For what no schema can say. `pointer` is a JSON pointer into the body, or the name of a parameter. */
export function misfit(pointer: string, message: string): MillraceError {
  return new MillraceError('invalid_request', `The request does not fit: ${pointer} ${message}.`, {
    violations: [{ pointer, message }],
  });
}

/** @throws MillraceError too_large when more bytes are announced than may be sent. `what` begins the sentence. */
export function refuseTooLarge(size: number, most: number, what: string): void {
  if (size <= most) return;
  throw new MillraceError('too_large', `${what} may have ${most} bytes at most.`, {
    violations: [{ pointer: '/size', message: `must be at most ${most}` }],
  });
}
