import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { pino } from 'pino';
import { chooseMailer } from '../../api/mail/choose-mailer.ts';
import type { Mail } from '../../api/mail/mailer.ts';
import { createOutbox } from '../../api/mail/outbox.ts';
import { createSmtpMailer } from '../../api/mail/smtp-mailer.ts';
import type { Config } from '../../shared/config.ts';
import { goodPassword, newAddress, post, startLocalSystem } from '../support/local-accounts.ts';
import { type Mailbox, startMailbox } from '../support/mailbox.ts';
import { until } from '../support/system.ts';

const mail: Mail = {
  to: 'ada@example.com',
  subject: 'About time',
  text: `First line.\n\n${'A long line. '.repeat(20)}\nhttps://millrace.example/account/reset#token-in-a-mail\n`,
};
const from = 'Millrace <no-reply@millrace.example>';

/** A log whose lines can be read. */
function readableLog() {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  return { log, lines, has: (word: string) => lines.some((line) => line.includes(word)) };
}

describe('the outbox', () => {
  let mailbox: Mailbox;
  beforeEach(async () => {
    mailbox = await startMailbox();
  });
  afterEach(() => mailbox.stop());

  it('hands letters to an SMTP server, word by word, as a machine that wants no reply', async () => {
    const { log } = readableLog();
    const outbox = createOutbox(createSmtpMailer(mailbox.url, from), log);
    outbox.post(async () => mail);
    await outbox.close(10);
    expect(mailbox.letters).to.have.length(1);
    const { headers, ...letter } = mailbox.letters[0] ?? {};
    expect(letter).to.deep.equal({ ...mail, from: 'no-reply@millrace.example' });
    expect(headers)
      .to.match(/^Auto-Submitted: auto-generated$/m)
      .and.match(/^From: Millrace </m);
  });

  it('tries again when the server is busy, and composes anew', async () => {
    const { log, has } = readableLog();
    const outbox = createOutbox(createSmtpMailer(mailbox.url, from), log, [0.01, 0.01, 0.01]);
    mailbox.refuse(3);
    let composed = 0;
    outbox.post(async () => {
      composed += 1;
      return mail;
    });
    await mailbox.letterTo(mail.to);
    expect(composed).to.equal(4);
    expect(has('mail not delivered')).to.equal(true);
    await outbox.close(10);
  });

  it('gives up at last, and its log has neither the token nor the server’s password', async () => {
    const { log, lines, has } = readableLog();
    const outbox = createOutbox(createSmtpMailer(mailbox.url, from), log, [0.01]);
    mailbox.refuse(2);
    outbox.post(async () => mail);
    const wrong = createOutbox(
      createSmtpMailer(mailbox.url.replace('mail-secret', 'wrong-secret'), from),
      log,
      [],
    );
    wrong.post(async () => mail);
    const givenUp = () => lines.filter((line) => line.includes('mail given up')).length;
    await until('end', async () => givenUp() === 2);
    expect(mailbox.letters).to.deep.equal([]);
    expect(has('token-in-a-mail')).to.equal(false);
    expect(has('secret')).to.equal(false);
    expect(has(mail.to), 'the address').to.equal(false);
    await outbox.close(10);
    await wrong.close(10);
  });

  it('ends with a letter under way, and without those that wait for another try', async () => {
    const { log } = readableLog();
    const outbox = createOutbox(createSmtpMailer(mailbox.url, from), log, [3600]);
    mailbox.refuse(1);
    outbox.post(async () => ({ ...mail, to: 'refused@example.com' }));
    await until('refusal', async () => mailbox.refused === 1);
    outbox.post(async () => mail);
    const began = performance.now();
    await outbox.close(60);
    expect(performance.now() - began).to.be.below(30_000);
    expect(mailbox.letters.map(({ to }) => to)).to.deep.equal([mail.to]);
  });

  it('writes to the log in development, and never in production', async () => {
    const { log, has } = readableLog();
    await chooseMailer({ NODE_ENV: 'production' } as Config, log)
      .send(mail)
      .catch((error: Error) => expect(error.message).to.equal('no mail server is configured'));
    expect(has('token-in-a-mail')).to.equal(false);
    await chooseMailer({ NODE_ENV: 'development' } as Config, log).send(mail);
    expect(has('token-in-a-mail')).to.equal(true);
  });

  it('lets requests be answered while no mail server answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const local = await startLocalSystem({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    const connected = once(silent, 'connection');
    const registered = await post(local.system.url, '/api/auth/register', {
      email: newAddress(),
      password: goodPassword,
      displayName: 'Ada',
    });
    expect(registered.status).to.equal(202);
    const [socket] = await connected;
    // So that stopping need not wait for it.
    silent.close();
    socket.destroy();
    await local.stop();
  });
});
