import type { z } from 'zod';
import type { credit, personVideo } from '../shared/contracts/credits.ts';
import type { person, pictureUpload } from '../shared/contracts/people.ts';
import type { Credit } from '../shared/db/credits.ts';
import type { Person } from '../shared/db/people.ts';
import type { NewPersonPicture } from '../shared/db/person-pictures.ts';
import type { ListedVideo } from '../shared/db/video-record.ts';
import { presentSummary } from './present.ts';

/** People, and what they did in videos, as replies. */

export function presentPerson(record: Person, publicUrl: string): z.infer<typeof person> {
  return {
    personId: record._id,
    name: record.name,
    biography: record.biography,
    pictureUrl: pictureUrl(record, publicUrl),
    pictureWidths: record.picture?.widths ?? [],
    createdBy: record.createdBy,
    revision: record.revision,
    createdAt: record.createdAt.toISOString(),
  };
}

/** Credits in their order. `people` has everyone that they name. */
export function presentCredits(
  credits: Credit[],
  people: Person[],
  publicUrl: string,
): z.infer<typeof credit>[] {
  const byId = new Map(people.map((one) => [one._id, one]));
  return credits.flatMap((one) => {
    const named = byId.get(one.personId);
    // Removed between the two questions.
    if (!named) return [];
    const about = { creditId: one._id, personId: named._id, name: named.name };
    return [{ ...about, pictureUrl: pictureUrl(named, publicUrl), ...wordsOf(one), order: one.order }];
  });
}

/** A video of a person, with those of `credits` that are of this video. */
export function presentPersonVideo(
  record: ListedVideo,
  credits: Credit[],
  publicUrl: string,
): z.infer<typeof personVideo> {
  const theirs = credits.filter(({ videoId }) => videoId === record._id);
  return { ...presentSummary(record, publicUrl), credits: theirs.map(wordsOf) };
}

export function presentPictureUpload({
  _id,
  state,
  error,
  upload,
}: NewPersonPicture): z.infer<typeof pictureUpload> {
  const { bytes, contentType, expiresAt } = upload;
  const about = { size: bytes, type: contentType, expiresAt: expiresAt.toISOString() };
  return { pictureUploadId: _id, state, ...about, ...(error ? { error } : {}) };
}

function wordsOf({ role, character }: Credit) {
  return { role, character: character || null };
}

function pictureUrl({ _id, picture }: Person, publicUrl: string): string | null {
  return picture ? `${publicUrl}/api/people/${_id}/picture.jpg` : null;
}
