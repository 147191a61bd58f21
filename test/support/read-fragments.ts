import { type FragmentedFile, openFragments } from '../../workers/media/fragments.ts';

/** A fragmented MP4 that is finished. @throws Error when the file is not of that form. */
export async function readFragmentedFile(path: string): Promise<FragmentedFile> {
  const reader = await openFragments(path);
  try {
    return await reader.readToEnd();
  } finally {
    await reader.close();
  }
}
