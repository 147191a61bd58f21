import type { Config } from '../../shared/config.ts';
import type { Log } from '../../shared/log.ts';
import type { Mailer } from './mailer.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/**
 * SMTP where a server is configured; else the log, for development. In production the configuration is refused
 * before it comes to that: who reads a log may not therefore sign in as somebody else.
 */
export function chooseMailer(config: Config, log: Log): Mailer {
  if (config.SMTP_URL && config.MAIL_FROM) return createSmtpMailer(config.SMTP_URL, config.MAIL_FROM);
  return {
    async send(mail) {
      if (config.NODE_ENV === 'production') throw new Error('no mail server is configured');
      log.info({ mail }, 'mail, not sent since there is no SMTP_URL');
    },
    close() {},
  };
}
