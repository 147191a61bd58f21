// The watch page: plays a video as soon as it can be, and shows how far the work on it is.
import { tellViews } from './tell-views.js';

const main = document.querySelector('main');
const player = document.querySelector('media-controller');
const media = document.querySelector('video');
const heading = document.querySelector('h1');
const stateLine = document.querySelector('#state');
const progressBar = document.querySelector('#progress');
const facts = document.querySelector('#facts');
const sound = document.querySelector('#sound');
const soundSelect = sound.querySelector('select');
const address = `/api/videos/${main.dataset.videoId}`;
const askAgainMilliseconds = 5000;
/** How long who may not watch any more plays on at most. */
const mayWatchMilliseconds = 30_000;
/** Asking again would change nothing. */
const finalStatuses = [401, 403, 404, 451];
/** So the api answers of what somebody else may see. */
const hiddenStatuses = [401, 404];

const words = {
  draft: 'Waiting for the upload',
  uploaded: 'Waiting to be looked at',
  probing: 'Looking at the file',
  encoding: 'Encoding',
  publishing: 'Checking the result',
  ready: 'Ready',
  failed: 'Failed',
  deleted: 'The video is gone',
  askedAnew: 'The video does not come; trying again',
};

let isPlaying = false;
/** What the server has told last. */
let progress;
let asking;
/** Where the player lost its network last, and how often there. */
let stopped = { at: undefined, times: 0 };
const mostTries = 5;

async function getJson(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (response.ok) return response.json();
  // What stands between may answer in words of its own.
  const { detail } = await response.json().catch(() => ({}));
  const error = new Error(detail ?? `The server answered ${response.status}.`);
  const isOneOf = (statuses) => statuses.includes(response.status);
  throw Object.assign(error, { isFinal: isOneOf(finalStatuses), isHidden: isOneOf(hiddenStatuses) });
}

/** Of an imported video it may be one file. */
const isPlaylist = (url) => new URL(url, location.href).pathname.endsWith('.m3u8');

function playFile(url) {
  media.addEventListener('error', () => {
    stateLine.textContent = 'The player stopped: the file cannot be played here.';
  });
  media.src = url;
}

/** hls.js first: some browsers claim to play HLS themselves and then stall. */
function play(playlist) {
  isPlaying = true;
  if (!isPlaylist(playlist)) playFile(playlist);
  else if (window.Hls?.isSupported()) playHls(playlist);
  else if (window.ManagedMediaSource || media.canPlayType('application/vnd.apple.mpegurl')) {
    media.src = playlist;
  } else {
    stateLine.textContent = 'This browser cannot play the video.';
  }
}

/** Begins where the player before it stood, at first at the beginning, though a playlist that grows looks live. */
function playHls(playlist) {
  const { Hls } = window;
  const { currentTime, playbackRate, paused } = media;
  const { hls: before } = window;
  const subtitlePreference = before?.subtitleTracks[before.subtitleTrack];
  const audioPreference = before?.audioTracks[before.audioTrack];
  before?.destroy();
  const { default: usual } = Hls.DefaultConfig.fragLoadPolicy;
  // For 7 s, where it would be half a minute: an address that has expired does not come back.
  const errorRetry = { ...usual.errorRetry, maxNumRetry: 3 };
  const hls = new Hls({
    startPosition: currentTime,
    backBufferLength: 60,
    subtitlePreference,
    audioPreference,
    fragLoadPolicy: { default: { ...usual, errorRetry } },
  });
  let recoveries = 0;
  hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && recoveries++ < 2) return hls.recoverMediaError();
    // Until there is another, it plays what it has.
    const goesOn = type === Hls.ErrorTypes.NETWORK_ERROR && playAgain();
    stateLine.textContent = goesOn ? words.askedAnew : `The player stopped: ${details}`;
    if (!goesOn) stop();
  });
  offerSounds(hls);
  hls.loadSource(playlist);
  hls.attachMedia(media);
  // Another source has set them back.
  Object.assign(media, { currentTime, playbackRate });
  if (!paused) media.play().catch(() => {});
  window.hls = hls;
}

/** Where there are several. The controls have a choice of their own, but only Safari has the list that it goes by. */
function offerSounds(hls) {
  const { Events } = window.Hls;
  const showChosen = () => {
    soundSelect.value = hls.audioTrack;
  };
  hls.on(Events.AUDIO_TRACKS_UPDATED, (_, { audioTracks }) => {
    sound.hidden = audioTracks.length < 2;
    const option = ({ name, lang }, index) => Object.assign(new Option(name, index), { lang, dir: 'auto' });
    soundSelect.replaceChildren(...audioTracks.map(option));
    showChosen();
  });
  hls.on(Events.AUDIO_TRACK_SWITCHING, showChosen);
  soundSelect.onchange = () => {
    hls.audioTrack = Number(soundSelect.value);
  };
}

/**
 * The addresses of segments end after hours, and a network may be away: has everything asked for anew, unless too
 * often.
 */
function playAgain() {
  const { currentTime: at } = media;
  stopped = { at, times: Math.abs(at - stopped.at) < 1 ? stopped.times + 1 : 1 };
  if (stopped.times > mostTries) return false;
  isPlaying = false;
  clearTimeout(asking);
  asking = setTimeout(update, 1000 * 2 ** stopped.times);
  return true;
}

/** What is gone or begins anew has no playlists any more, and to say so is not for the player. */
function stop() {
  window.hls?.destroy();
  if (media.src) {
    media.removeAttribute('src');
    media.load();
  }
  // What is said of it instead stands below.
  if (isPlaying && document.fullscreenElement) document.exitFullscreen();
  isPlaying = false;
}

/** `about 40 s left`, coarser the longer it is, so that it does not flicker. */
function timeLeft(seconds) {
  if (seconds === null || seconds < 1) return '';
  if (seconds < 60) return `, about ${seconds < 10 ? seconds : Math.ceil(seconds / 5) * 5} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `, about ${minutes} min left`;
  return `, about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** Small pictures over the time range, by fresh addresses. The controls look for a track of this kind and label. */
function addStoryboard() {
  media.querySelector('track[label="thumbnails"]')?.remove();
  const track = document.createElement('track');
  Object.assign(track, {
    kind: 'metadata',
    label: 'thumbnails',
    default: true,
    src: `${address}/storyboard.vtt`,
  });
  media.append(track);
}

function showProgress({ state, percent, remainingSeconds }) {
  const isWorking = !['ready', 'failed', 'deleted', 'draft'].includes(state);
  stateLine.textContent = words[state] ?? state;
  progressBar.hidden = !isWorking;
  progressBar.value = percent;
  if (isWorking && percent > 0)
    stateLine.textContent += ` ${Math.floor(percent)} %${timeLeft(remainingSeconds)}`;
}

function showFacts(video) {
  if (video.error) stateLine.textContent = `${words.failed}: ${video.error.message}`;
  const renditions = video.renditions.map(({ name }) => name).join(', ');
  const seconds = video.durationSeconds === null ? '' : `${video.durationSeconds.toFixed(1)} s`;
  facts.textContent = [seconds, renditions].filter(Boolean).join(' · ');
  if (video.posterUrl && !media.poster) media.poster = video.posterUrl;
  if (video.storyboardUrl) addStoryboard();
}

/** What the events do not tell; asked for when the state has changed, or the video can be played, until it is told. */
async function update() {
  clearTimeout(asking);
  if (!progress.playable) stop();
  if (progress.state === 'deleted') return player.remove();
  try {
    const video = await getJson(address);
    showProgress(progress);
    showFacts(video);
    if (!progress.playable || isPlaying) return;
    const { playlist } = await getJson(`${address}/playback`);
    if (progress.playable && !isPlaying) play(playlist);
  } catch (error) {
    if (progress.state === 'deleted') return;
    stateLine.textContent = error.message;
    if (error.isFinal) await endFor(error);
    else asking = setTimeout(update, askAgainMilliseconds);
  }
}

/** The player has addresses of segments for hours, and may have lost the right to them in the meantime. */
async function checkMayWatch() {
  if (!isPlaying || media.paused) return;
  try {
    await getJson(`${address}/playback`);
  } catch (error) {
    if (error.isFinal) await endFor(error);
  }
}

/**
 * On the way back the browser shows the page as it was left, before a sign-out too. A new one says what is true now.
 */
async function checkAfterReturn({ persisted }) {
  if (!persisted) return;
  await getJson(isPlaying ? `${address}/playback` : address).catch(({ isFinal }) => {
    if (isFinal) location.reload();
  });
}

async function endFor({ message, isHidden }) {
  const at = Math.floor(media.currentTime);
  stateLine.textContent = message;
  progressBar.hidden = true;
  stop();
  if (!isHidden) return;
  player.remove();
  heading.hidden = true;
  document.title = message;
  facts.textContent = '';
  await offerSignIn(message, at);
}

/** Some see a video only while they are signed in: to who is not, the ways there, and back to the same second. */
async function offerSignIn(message, at) {
  const { status } = await fetch('/api/auth/me').catch(() => ({}));
  if (status !== 401) return;
  const { items } = await getJson('/api/auth/providers').catch(() => ({ items: [] }));
  const links = items.flatMap(({ name, title }) => {
    const href = `/api/auth/login?${new URLSearchParams({ provider: name, returnTo: `${location.pathname}#t=${at}` })}`;
    const textContent = items.length === 1 ? 'Sign in' : `Sign in with ${title}`;
    return [' ', Object.assign(document.createElement('a'), { href, textContent })];
  });
  stateLine.replaceChildren(message, ...links);
}

function follow() {
  const events = new EventSource(`${address}/progress`);
  let seen = '';
  events.addEventListener('progress', ({ data }) => {
    progress = JSON.parse(data);
    // The server has said its last word; the browser would ask for it again and again.
    if (['ready', 'failed', 'deleted'].includes(progress.state)) events.close();
    showProgress(progress);
    const now = `${progress.state} ${progress.playable}`;
    if (now !== seen) update();
    seen = now;
  });
  events.addEventListener('error', async () => {
    // A broken connection is made again by the browser; a refused one is not.
    if (events.readyState !== EventSource.CLOSED) return;
    const error = await getJson(address).catch((refused) => refused);
    if (error.isFinal) await endFor(error);
    else setTimeout(follow, askAgainMilliseconds);
  });
}

const [, from] = /^#t=(\d{1,6})$/.exec(location.hash) ?? [];
if (from !== undefined) media.currentTime = Number(from);
tellViews(media, `${address}/views`);
setInterval(checkMayWatch, mayWatchMilliseconds);
addEventListener('pageshow', checkAfterReturn);
follow();
