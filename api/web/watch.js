// The watch page: plays a video as soon as it can be, and shows how far the work on it is.
const main = document.querySelector('main');
const media = document.querySelector('video');
const stateLine = document.querySelector('#state');
const progressBar = document.querySelector('#progress');
const facts = document.querySelector('#facts');
const address = `/api/videos/${main.dataset.videoId}`;
const askAgainMilliseconds = 1000;

const words = {
  draft: 'Waiting for the upload',
  uploaded: 'Waiting to be looked at',
  probing: 'Looking at the file',
  encoding: 'Encoding',
  publishing: 'Checking the result',
  ready: 'Ready',
  failed: 'Failed',
};

let isPlaying = false;

async function getJson(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `The server answered ${response.status}.`);
  return body;
}

/** hls.js first: some browsers claim to play HLS themselves and then stall. */
function play(playlist) {
  const { Hls } = window;
  if (Hls?.isSupported()) {
    // A playlist that still grows looks live to a player; begin at its beginning all the same.
    const hls = new Hls({ startPosition: 0, backBufferLength: 60 });
    let recoveries = 0;
    hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR && recoveries++ < 2) return hls.recoverMediaError();
      stateLine.textContent = `The player stopped: ${details}`;
      hls.destroy();
    });
    hls.loadSource(playlist);
    hls.attachMedia(media);
    window.hls = hls;
  } else if (window.ManagedMediaSource || media.canPlayType('application/vnd.apple.mpegurl')) {
    media.src = playlist;
  } else {
    stateLine.textContent = 'This browser cannot play the video.';
  }
}

/** Small pictures over the time range. The controls look for a track of this kind and label. */
function addStoryboard() {
  if (media.querySelector('track[label="thumbnails"]')) return;
  const track = document.createElement('track');
  Object.assign(track, {
    kind: 'metadata',
    label: 'thumbnails',
    default: true,
    src: `${address}/storyboard.vtt`,
  });
  media.append(track);
}

function show(video) {
  const isWorking = !['ready', 'failed', 'draft'].includes(video.state);
  const text = words[video.state] ?? video.state;
  stateLine.textContent = video.error ? `${text}: ${video.error.message}` : text;
  progressBar.hidden = !isWorking;
  progressBar.value = video.percent;
  if (isWorking && video.percent > 0) stateLine.textContent += ` ${Math.floor(video.percent)} %`;
  const renditions = video.renditions.map(({ name }) => name).join(', ');
  const seconds = video.durationSeconds === null ? '' : `${video.durationSeconds.toFixed(1)} s`;
  facts.textContent = [seconds, renditions].filter(Boolean).join(' · ');
  if (video.posterUrl && !media.poster) media.poster = video.posterUrl;
  if (video.storyboardUrl) addStoryboard();
}

async function follow() {
  try {
    const video = await getJson(address);
    show(video);
    if (video.playable && !isPlaying) {
      isPlaying = true;
      play((await getJson(`${address}/playback`)).playlist);
    }
    if (video.state === 'ready' || video.state === 'failed') return;
  } catch (error) {
    stateLine.textContent = error.message;
  }
  setTimeout(follow, askAgainMilliseconds);
}

follow();
