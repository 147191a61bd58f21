import { openSigningKeys } from '../../api/access/signing-keys.ts';
import { createLog } from '../../shared/log.ts';
import { byOperator } from './by-operator.ts';
import { type Command, misfit, type Run } from './command.ts';

/** The keys that sign access tokens. They rotate by themselves; this is for when that cannot wait. */
export const keys: Command = {
  usage: [
    'keys rotate [--now]            another key signs access tokens, ten minutes from now or at once',
    'keys rotate --now --drop       at once, and the tokens of all keys before are refused',
  ],

  parse(words) {
    const run = {
      rotate: rotate('later'),
      'rotate --now': rotate('now'),
      'rotate --now --drop': rotate('drop'),
    };
    const said = words.join(' ');
    if (Object.hasOwn(run, said)) return run[said as keyof typeof run];
    throw misfit(['keys', ...words], keys.usage);
  },
};

function rotate(when: 'later' | 'now' | 'drop'): Run {
  return async ({ config, db }) => {
    const log = createLog('silent', 'cli');
    const { _id, signsFrom } = await openSigningKeys({ config, db, log }).rotate(when);
    const what = { target: { keyId: _id }, ownerId: null, changes: { when } };
    await db.audit.add(byOperator({ action: 'signing-key.rotate', command: 'keys rotate', ...what }));
    const known = when === 'later' ? '' : ', in every api within a minute';
    const before =
      when === 'drop'
        ? 'By then the tokens of all keys before are refused.'
        : 'The one before verifies until its tokens have ended.';
    return `${_id} signs from ${signsFrom.toISOString()} on${known}. ${before}`;
  };
}
