import type { Ago } from '../shared/db/connect.ts';
import { personPictureKey } from '../shared/keys.ts';
import { resumePersonPicture } from '../shared/person-picture.ts';
import { readPicture } from './read-picture.ts';
import { type Step, Superseded } from './run.ts';
import { storeSizes } from './store-sizes.ts';
import type { Tools } from './tools.ts';
import { dropUpload, type Failure, giveUpPicture, sweepPictures } from './uploaded-picture.ts';

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

export async function giveUpPersonPicture(id: string, failure: Failure, tools: Tools): Promise<void> {
  const { personPictures } = tools.db;
  await giveUpPicture(personPictures, await personPictures.find(id), failure, tools);
}

/** What a sweep does for pictures of people. */
export const sweepPersonPictures = (step: Step, before: Ago): Promise<void> =>
  sweepPictures(step, before, step.tools.db.personPictures, resumePersonPicture, ({ personId, version }) => ({
    personId,
    version,
  }));
