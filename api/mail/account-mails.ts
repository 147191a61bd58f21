import { emailTokenHours } from '../../shared/db/email-tokens.ts';
import type { Mail } from './mailer.ts';

/**
 * What local accounts are written. Nothing in it comes from who asked, a name for instance: else anyone could have
 * any text sent to any address. A token stands after a `#`, which browsers send to no server.
 */

export function verificationMail(to: string, token: string, publicUrl: string): Mail {
  return {
    to,
    subject: 'Confirm your e-mail address',
    text: `Somebody, probably you, registered with this address at ${publicUrl}.

To confirm that it is yours, open this page within ${emailTokenHours.verification} hours and enter the password that you chose:

${publicUrl}/account/confirm#${token}

If it was not you, do nothing: there will be no account.
`,
  };
}

export function takenMail(to: string, publicUrl: string): Mail {
  return {
    to,
    subject: 'You already have an account',
    text: `Somebody, probably you, registered with this address at ${publicUrl}.

There already is an account with it, and nothing was changed. Sign in with your password; if it is lost, ask for a new one.

If it was not you, you need not do anything.
`,
  };
}

export function resetMail(to: string, token: string, publicUrl: string): Mail {
  return {
    to,
    subject: 'Choose a new password',
    text: `Somebody, probably you, asked for a new password for your account at ${publicUrl}.

To choose one, open this page within an hour:

${publicUrl}/account/reset#${token}

If it was not you, do nothing: your password stays as it is.
`,
  };
}

/** The message is by moderators, who have read what it is about. */
export function takenDownMail(
  to: string,
  watchUrl: string,
  { reason, message }: { reason: string; message: string },
): Mail {
  return {
    to,
    subject: 'Your video was taken down',
    text: `Moderators have taken down your video

${watchUrl}

Nobody but you and they can find it any more, and it does not play. The reason: ${reason}.
${message ? `\nThey say:\n\n${message}\n` : ''}`,
  };
}
