export type Mail = { to: string; subject: string; text: string };

/** What hands mail over. Whatever can do this can take the place of SMTP. */
export type Mailer = {
  /** @throws Error when nobody took it */
  send(mail: Mail): Promise<void>;
  close(): void;
};
