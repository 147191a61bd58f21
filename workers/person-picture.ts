import type { NewPersonPicture } from '../shared/db/person-pictures.ts';
import { personPictureKey } from '../shared/keys.ts';
import { resumePersonPicture } from '../shared/person-picture.ts';
import { readPicture } from './read-picture.ts';
import { type Step, Superseded } from './run.ts';
import { storeSizes } from './store-sizes.ts';
import type { Tools } from './tools.ts';

const quietSeconds = 60;
/** A ticket that has just run out may still have its bytes on the way. */
const expiryGraceSeconds = 60;
const batch = 200;

/** Makes the picture of a person from an upload. Of two at once the one whose bytes were there last is shown. */
export async function makePersonPicture(id: string, step: Step): Promise<void> {
  const { tools } = step;
  const { db, scratch } = tools;
  const picture = await db.personPictures.find(id);
  if (!picture) throw new Superseded();
  const { personId, version, state, upload } = picture;
  if (state === 'making' && version !== null) {
    await scratch.withFolder('person', async (folder) => {
      const jpeg = await readPicture(upload, folder, step);
      const widths = await storeSizes(step, jpeg, folder, (width, format) =>
        personPictureKey(personId, version, width, format),
      );
      await db.transaction(async (session) => {
        // Else the picture or the person was removed meanwhile.
        if (await db.personPictures.ready(id, session)) {
          await db.people.show(personId, { version, widths }, session);
        }
      });
    });
  }
  await dropUpload(picture, tools);
}

/** What was shown before stays; the upload says why there is no other. */
export async function giveUpPersonPicture(
  id: string,
  failure: NonNullable<NewPersonPicture['error']>,
  tools: Tools,
): Promise<void> {
  const picture = await tools.db.personPictures.find(id);
  if (!picture) return;
  await tools.db.personPictures.failed(id, failure);
  await dropUpload(picture, tools);
}

/** What a sweep does for pictures of people: lost jobs are added again, tickets that were not used end. */
export async function sweepPersonPictures({ tools, log }: Step): Promise<void> {
  const before = await tools.db.clock();
  const { personPictures } = tools.db;
  for (const picture of await personPictures.quiet(before(quietSeconds), batch)) {
    const found = await resumePersonPicture(tools, picture);
    if (found === 'failed') {
      const message = 'Working on the picture ended without a result, again and again.';
      await giveUpPersonPicture(picture._id, { code: 'encoding_failed', message }, tools);
    } else await personPictures.heard(picture._id);
    if (found !== 'alive') log.warn({ personId: picture.personId, found }, 'picture of a person');
  }
  for (const picture of await personPictures.overdue(before(expiryGraceSeconds), batch)) {
    if (await personPictures.expired(picture._id)) await dropUpload(picture, tools);
  }
}

async function dropUpload({ upload }: NewPersonPicture, { storage }: Tools): Promise<void> {
  await storage.remove('raw', upload.key);
}
