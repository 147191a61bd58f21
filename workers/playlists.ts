import type { EncodingPlan } from '../shared/contracts/encoding.ts';
import type { Playlist } from '../shared/db/playlists.ts';
import type { Attempt, Video } from '../shared/db/videos.ts';
import { segmentName } from '../shared/keys.ts';
import { keyFramePlaylist, masterPlaylist, mediaPlaylist } from './media/playlist.ts';
import { type Joined, joinAudio, joinPicture, targetSeconds, variantOf } from './renditions.ts';
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
  for (const { name, segments } of picture) {
    const options = { ...shared, segments, isFinal };
    const count = { segments: segments.length, isFinal };
    playlists.push({ name: `${name}/index`, text: mediaPlaylist(options), ...count });
    playlists.push({ name: `${name}/iframes`, text: keyFramePlaylist(options), ...count });
  }
  for (const { name, segments } of audio) {
    // Audio is made whole, but its playlist must not end before that of the picture.
    const text = mediaPlaylist({ ...shared, segments, isFinal });
    playlists.push({ name: `${name}/index`, text, segments: segments.length, isFinal });
  }
  const variants = plan.rungs.flatMap((rung, index) => {
    const joined = picture[index];
    return joined ? [variantOf(plan, rung, joined, audio, isFinal)] : [];
  });
  const tracks = plan.audio.flatMap((track) => {
    const joined = audio.find(({ name }) => name === track.name);
    return joined ? [{ ...track, codecs: joined.codecs }] : [];
  });
  const first = picture[0]?.segments.length ?? 0;
  playlists.push({ name: 'master', text: masterPlaylist(variants, tracks), segments: first, isFinal });
  return playlists;
}

/**
 * Called after each part: once the first segments of the picture and all audio are there, the video can be
 * watched, and its playlists grow with every part.
 */
export async function announceProgress(tools: Tools, video: Video, plan: EncodingPlan): Promise<void> {
  const attempt: Attempt = { videoId: video._id, generation: video.generation };
  const parts = await tools.db.parts.of(attempt);
  const picture = joinPicture(plan, parts);
  const audioEnded = parts.filter((part) => part.step === 'audio' && part.doneAt !== null).length;
  if (!picture[0]?.segments.length || audioEnded < plan.audio.length) return;
  await tools.db.playlists.save(attempt, writePlaylists(plan, picture, joinAudio(parts), false));
  await tools.db.transaction(async (session) => {
    const playable = await tools.db.videos.becamePlayable(attempt, session);
    if (playable) await tools.db.events.record({ type: 'video.playable', ...attempt, data: {} }, session);
  });
}
