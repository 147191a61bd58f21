import type { Route } from '../route.ts';
import type { Json } from './components.ts';

/** What the groups of operations are about, in reading order. */
const descriptions: Record<string, string> = {
  'Sign-in': 'Signing in at the provider, signing out, and who is signed in.',
  'Local accounts': 'Accounts with an e-mail address and a password, where they are switched on.',
  'My account': 'What I am called, and deleting my account, which can be undone for a while.',
  'API keys': 'Keys for programs of one’s own, with scopes.',
  Uploads:
    'A ticket for the bytes of one file, which go straight to the store; then the work on the video begins.',
  Videos: 'The catalogue, each video and the work on it.',
  Search: 'Full text over what is said of videos, and suggestions while typing.',
  Categories:
    'What videos are about, as a tree with names in many languages; and the regions that are served.',
  People: 'Actors, directors and others, and what they did in which video.',
  Comments: 'What viewers say of a video, and whether they like it.',
  Moderation: 'Reports, taking down, and who has changed what.',
  Analytics: 'What owners may know of their viewers, by day and region.',
  Captions: 'Text tracks, from the file or sent, one a language.',
  Playback: 'HLS playlists, with signed addresses of the segments in them.',
  Posters: 'The picture that stands for a video, and choosing another.',
  Images: 'A short animated preview, and small pictures for scrubbing.',
  Trending: 'What a region watches.',
  Users: 'Accounts for administrators, and what moderators and administrators did.',
  Operations: 'What machines ask: is it alive, is it ready, how much does it do.',
};

/** The groups that the routes are in, each with its description. */
export function tagsOf(routes: Route[]): Json[] {
  const used = new Set(routes.map(({ tag }) => tag));
  const order = [...new Set([...Object.keys(descriptions), ...used])].filter((name) => used.has(name));
  return order.map((name) => ({ name, description: descriptions[name] }));
}
