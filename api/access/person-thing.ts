import type { Person } from '../../shared/db/people.ts';

/** As the policy sees a person: there for all to see, and of nobody once the account that has added it is closed. */
export function personThing(person: Person | null) {
  return person && { ...person, ownerId: person.createdBy ?? '', visibility: 'public' as const };
}
