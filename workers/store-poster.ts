import type { Poster } from '../shared/db/posters.ts';
import { posterKey } from '../shared/keys.ts';
import type { Step } from './run.ts';
import { storeSizes } from './store-sizes.ts';

/** Makes every size of a version from one picture, a JPEG, stores them, and says that the version is ready. */
export async function storePoster(step: Step, poster: Poster, jpeg: Buffer, folder: string): Promise<void> {
  const { videoId, generation, version, isChosen } = poster;
  const { posters, pictures } = step.tools.db;
  const widths = await storeSizes(step, jpeg, folder, (width, format) =>
    posterKey(videoId, isChosen ? null : generation, version ?? 0, width, format),
  );
  await posters.ready(poster._id, widths);
  await pictures.setPoster({ videoId, generation });
}
