import { newId } from '../../shared/ids.ts';
import { ask } from './ask.ts';
import { type Answer, exchange } from './exchange.ts';
import type { System } from './system.ts';
import { videoIn } from './videos.ts';
import { type Person as Account, personWith } from './walk.ts';

export type PersonReply = {
  personId: string;
  name: string;
  biography: string;
  pictureUrl: string | null;
  pictureWidths: number[];
  createdBy: string | null;
  revision: number;
  code: string;
  errors?: { pointer: string; message: string }[];
};
export type CreditReply = {
  creditId: string;
  personId: string;
  name: string;
  role: string;
  character: string | null;
  order: number;
};
export type CreditsReply = {
  items: CreditReply[];
  code: string;
  errors?: { pointer: string; message: string }[];
};
export type AskedCredit = { personId: string; role: string; character?: string | null };

/** What tests do with people and credits, in the name of one account or another. */
export function peopleOf(system: System) {
  const send = <T>(
    method: string,
    path: string,
    by?: Account,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> =>
    exchange<T>(system.url, path, {
      method,
      headers,
      ...(by ? { cookie: by.cookie } : {}),
      ...(json === undefined ? {} : { json }),
    });

  return {
    send,
    account: (role: 'viewer' | 'creator' | 'moderator') => personWith([role], system),
    addPerson: async (by: Account, name: string, biography = '') =>
      (await send<PersonReply>('POST', '/api/people', by, { name, biography })).body.personId,
    person: (id: string) => send<PersonReply>('GET', `/api/people/${id}`),
    video: (by: Account, about: Parameters<typeof videoIn>[2] = {}) =>
      videoIn('ready', system, { ownerId: by._id, ...about }),
    credits: (videoId: string, by?: Account) =>
      send<CreditsReply>('GET', `/api/videos/${videoId}/credits`, by),
    putCredits: (videoId: string, by: Account, credits: unknown[], ifMatch = '*') =>
      send<CreditsReply>('PUT', `/api/videos/${videoId}/credits`, by, { credits }, { 'If-Match': ifMatch }),
    merge: (from: string, into: string, by: Account) =>
      send<PersonReply>('POST', `/api/people/${from}/merge`, by, { into }),
    audit: async (target: Record<string, string>) => {
      const { body } = await ask<{ items: { target: object; action: string; changes: object }[] }>(
        system,
        'GET',
        '/api/audit?limit=100',
        { as: 'admin' },
      );
      return body.items.filter(({ target: of }) => JSON.stringify(of) === JSON.stringify(target));
    },
    nobody: newId(),
  };
}
