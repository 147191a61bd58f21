import { MillraceError } from '../shared/errors.ts';

const mostDepth = 20;
const mostKeys = 1000;
const halfCharacter = /\p{Cs}/u;

/**
 * Refuses a parsed body that is nested deeper or has more members than any request of ours, before a schema walks it.
 * `__proto__` is no name: a copy of such an object would have another prototype. Half a surrogate pair is no character:
 * it would be stored as another one, so that what differs here is the same there.
 * @throws MillraceError invalid_json
 */
export function boundJson(value: unknown): void {
  let keys = 0;
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= mostDepth)
      throw new MillraceError('invalid_json', `A body may be nested ${mostDepth} deep at most.`);
    const inside: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (Object.hasOwn(one, '__proto__')) {
        throw new MillraceError('invalid_json', 'The body is not valid JSON.');
      }
      const members = Object.values(one);
      keys += members.length;
      if (keys > mostKeys)
        throw new MillraceError('invalid_json', `A body may have ${mostKeys} members at most.`);
      for (const member of members) {
        if (typeof member === 'object' && member !== null) inside.push(member);
        if (typeof member === 'string' && halfCharacter.test(member)) {
          throw new MillraceError('invalid_json', 'A text in the body has half a character.');
        }
      }
    }
    level = inside;
  }
}
