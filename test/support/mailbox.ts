import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { until } from './system.ts';

export type Letter = { to: string; from: string; headers: string; subject: string; text: string };

export type Mailbox = {
  /** For SMTP_URL. */
  url: string;
  letters: Letter[];
  /** How many letters are refused from now on, as by a server that is busy. */
  refuse(count: number): void;
  /** How many were. */
  readonly refused: number;
  /** The letter number `count` to this address, once it is there. */
  letterTo(address: string, count?: number): Promise<Letter>;
  stop(): Promise<void>;
};

/** A real SMTP server that keeps what it is given. */
export async function startMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  let refusals = 0;
  let refused = 0;
  const server = new SMTPServer({
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) =>
      username === 'millrace' && password === 'mail-secret'
        ? done(null, { user: username })
        : done(new Error('wrong')),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (refusals > 0) {
          refusals -= 1;
          refused += 1;
          done(Object.assign(new Error('try again later'), { responseCode: 451 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        for (const { address } of rcptTo) {
          letters.push({ to: address, from, ...read(Buffer.concat(parts).toString()) });
        }
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://millrace:mail-secret@127.0.0.1:${port}`,
    letters,
    refuse(count) {
      refusals = count;
    },
    get refused() {
      return refused;
    },
    letterTo: (address, count = 1) =>
      until(`letter ${count} to ${address}`, async () =>
        letters.filter(({ to }) => to === address).at(count - 1),
      ),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function read(raw: string): Pick<Letter, 'headers' | 'subject' | 'text'> {
  const [headers = '', ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\n\n').replaceAll('\r\n', '\n');
  const isQuoted = /^Content-Transfer-Encoding: quoted-printable$/im.test(headers);
  return {
    headers,
    subject: /^Subject: (.*)$/m.exec(headers)?.[1]?.trim() ?? '',
    text: isQuoted ? unquote(body) : body,
  };
}

/** Quoted-printable, of ASCII text. */
function unquote(text: string): string {
  return text
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What stands after the `#` of the letter's link. */
export function tokenIn({ text }: Letter): string {
  const token = /\/account\/\w+#([\w-]{43})$/m.exec(text)?.[1];
  if (!token) throw new Error(`There is no token in: ${text}`);
  return token;
}
