import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import type { Playlist } from '../shared/db/playlists.ts';
import type { Attempt, Video } from '../shared/db/video-record.ts';
import { segmentName } from '../shared/keys.ts';
import { keyFramePlaylist, masterPlaylist, mediaPlaylist } from './media/playlist.ts';
import { audioEntries, type Joined, joinAudio, joinPicture, targetSeconds, variantOf } from './renditions.ts';
import type { Tools } from './tools.ts';

export type PlaylistText = Pick<Playlist, 'name' | 'text' | 'segments' | 'isFinal'>;

/** Every playlist of a video as far as it exists: the master, and index and key frames of each rendition. */
export function writePlaylists(
  plan: EncodingPlan,
  picture: Joined[],
  audio: Joined[],
  isFinal: boolean,
): PlaylistText[] {
  const shared = { targetSeconds: targetSeconds(plan), nameOf: segmentName };
  const playlists: PlaylistText[] = [];
  const begun = picture.filter(({ segments }) => segments.length > 0);
  for (const { name, segments } of begun) {
    const options = { ...shared, segments, isFinal };
    const count = { segments: segments.length, isFinal };
    playlists.push({ name: `${name}/index`, text: mediaPlaylist(options), ...count });
    playlists.push({ name: `${name}/iframes`, text: keyFramePlaylist(options), ...count });
  }
  for (const { name, segments } of audio) {
    // While the picture grows, so may the sound, even where it is whole: it must not end before the picture.
    const text = mediaPlaylist({ ...shared, segments, isFinal });
    playlists.push({ name: `${name}/index`, text, segments: segments.length, isFinal });
  }
  const variants = plan.rungs.flatMap((rung) => {
    const joined = begun.find(({ name }) => name === rung.name);
    return joined ? [variantOf(plan, rung, joined, isFinal)] : [];
  });
  const text = masterPlaylist(variants, audioEntries(plan, audio));
  const count = begun.reduce((sum, { segments }) => sum + segments.length, 0);
  playlists.push({ name: 'master', text, segments: count, isFinal });
  return playlists;
}

/**
 * Called after each part: once the first segments of the lowest rung and of the default sound are there, the video
 * can be watched, and its playlists grow with every part.
 */
export async function announceProgress(tools: Tools, video: Video, plan: EncodingPlan): Promise<void> {
  const attempt: Attempt = { videoId: video._id, generation: video.generation };
  const parts = await tools.db.parts.of(attempt);
  const picture = joinPicture(plan, parts);
  const audio = joinAudio(plan, parts);
  const isSilent = audio[0]?.segments.length === 0;
  if (!picture[0]?.segments.length || isSilent) return;
  await tools.db.playlists.save(attempt, writePlaylists(plan, picture, audio, false));
  await tools.db.videos.becamePlayable(attempt);
}
