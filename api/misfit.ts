import { MillraceError } from '../shared/errors.ts';

/** For what no schema can say. `pointer` is a JSON pointer into the body, or the name of a parameter. */
export function misfit(pointer: string, message: string): MillraceError {
  return new MillraceError('invalid_request', `The request does not fit: ${pointer} ${message}.`, {
    violations: [{ pointer, message }],
  });
}
