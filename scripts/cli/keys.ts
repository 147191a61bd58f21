import { openSigningKeys } from '../../api/access/signing-keys.ts';
import { createLog } from '../../shared/log.ts';
import { type Command, type Run, UsageError } from './command.ts';

/** The keys that sign access tokens. They rotate by themselves; this is for when that cannot wait. */
export const keys: Command = {
  usage: ['keys rotate [--now]            another key signs access tokens, ten minutes from now or at once'],

  parse([verb, when, ...more]) {
    const isKnown = verb === 'rotate' && (when === undefined || when === '--now') && more.length === 0;
    if (isKnown) return rotate(when === '--now');
    throw new UsageError(`"keys ${[verb, when, ...more].filter(Boolean).join(' ')}" is not known.`);
  },
};

function rotate(atOnce: boolean): Run {
  return async ({ config, db }) => {
    const log = createLog('silent', 'cli');
    const { _id, signsFrom } = await openSigningKeys({ config, db, log }).rotate(atOnce);
    const known = atOnce ? ', in every api within a minute' : '';
    return `${_id} signs from ${signsFrom.toISOString()} on${known}. The one before verifies until its tokens have ended.`;
  };
}
