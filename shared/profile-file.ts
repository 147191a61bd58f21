import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { builtInProfiles, type EncodingProfile, encodingProfile } from './contracts/encoding-profile.ts';

/** The path of a JSON file -> the profiles in it and the built-in ones, by name. */
export const profileFile = z.string().transform((path, context): Record<string, EncodingProfile> => {
  try {
    const own = z.array(encodingProfile).parse(JSON.parse(readFileSync(path, 'utf8')));
    return byName([...builtInProfiles, ...own]);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    context.addIssue({ code: 'custom', message: `${path} holds no encoding profiles: ${reason}` });
    return z.NEVER;
  }
});

/** Without a prototype: names come from strangers, and `constructor` is no profile. */
export function byName(profiles: readonly EncodingProfile[]): Record<string, EncodingProfile> {
  const named: Record<string, EncodingProfile> = Object.create(null);
  for (const profile of profiles) named[profile.name] = profile;
  return named;
}
