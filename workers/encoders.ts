import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PlanWarning } from '../shared/contracts/encoding.ts';
import type { EncodingProfile } from '../shared/contracts/encoding-profile.ts';
import { notBegun } from './media/sandbox.ts';

const run = promisify(execFile);
const trialSeconds = 20;

export type Encoders = {
  /** @throws MillraceError unavailable when ffmpeg cannot be run at all. */
  canUse(encoder: string): Promise<boolean>;
};

/** Knows which encoders really work here: one may be compiled in and lack its hardware, so each is tried once. */
export function findEncoders(ffmpegPath: string): Encoders {
  const known = new Map<string, Promise<boolean>>();
  const tryOut = (encoder: string) => {
    const picture = ['-f', 'lavfi', '-i', 'color=size=320x256:rate=25:duration=0.2', '-pix_fmt', 'yuv420p'];
    const words = ['-nostdin', '-v', 'error', ...picture, '-c:v', encoder, '-f', 'null', '-'];
    return run(ffmpegPath, words, { timeout: trialSeconds * 1000, killSignal: 'SIGKILL' }).then(
      () => true,
      (error) => {
        const broken = notBegun(error.code, error);
        // What was killed, as by a busy machine, may work the next time.
        if (broken || error.signal) known.delete(encoder);
        if (broken) throw broken;
        return false;
      },
    );
  };
  return {
    canUse(encoder) {
      const asked = known.get(encoder) ?? tryOut(encoder);
      known.set(encoder, asked);
      return asked;
    },
  };
}

/** The profile itself, or the nearest of its fallbacks whose encoder works here, with a warning that says so. */
export async function usableProfile(
  profiles: Readonly<Record<string, EncodingProfile>>,
  name: string,
  encoders: Encoders,
): Promise<{ profile: EncodingProfile; warnings: PlanWarning[] }> {
  const warnings: PlanWarning[] = [];
  const tried = new Set<string>();
  let profile = profiles[name] ?? profiles.default;
  if (!profile) throw new Error(`There is no encoding profile "${name}" and none named default.`);
  while (!tried.has(profile.name) && !(await encoders.canUse(profile.encoder))) {
    tried.add(profile.name);
    const next: EncodingProfile | undefined = profiles[profile.fallback ?? ''];
    if (!next) break;
    const message = `The encoder ${profile.encoder} of the profile ${profile.name} does not work here; ${next.name} was used.`;
    warnings.push({ code: 'encoder_missing', message });
    profile = next;
  }
  return { profile, warnings };
}
