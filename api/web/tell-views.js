const tellAgainSeconds = 30;

/** Tells the server at `url` how much of the video is watched: once it is enough for a view, and now and then after. */
export function tellViews(media, url) {
  const watched = { seconds: 0, told: 0, last: undefined };

  /** Sums what is played, whatever its speed; a leap is none of it. */
  function sum() {
    const step = media.currentTime - (watched.last ?? media.currentTime);
    watched.last = media.currentTime;
    if (media.seeking || step <= 0 || step > 2) return;
    watched.seconds += step;
    const { seconds, told } = watched;
    // Before the length is known for good, as long as the video is encoded, only the seconds count.
    const isView = seconds >= 10 || (Number.isFinite(media.duration) && seconds >= media.duration * 0.3);
    if (isView && (told === 0 || seconds - told >= tellAgainSeconds)) tell();
  }

  function tell() {
    const { seconds, told } = watched;
    if (seconds === told) return;
    watched.told = seconds;
    const body = JSON.stringify({ position: media.currentTime, watchedSeconds: seconds });
    // It goes out even when the page is being left. Nobody misses one that does not.
    const headers = { 'Content-Type': 'application/json' };
    fetch(url, { method: 'POST', headers, body, keepalive: true }).catch(() => {});
  }

  /** The last word on it, where there has been a first. */
  function tellRest() {
    if (watched.told > 0) tell();
  }

  media.addEventListener('timeupdate', sum);
  media.addEventListener('seeked', () => {
    watched.last = media.currentTime;
  });
  media.addEventListener('ended', tellRest);
  addEventListener('pagehide', tellRest);
}
