import type { Random } from './random.ts';

/** Times are hours since the month began; those before it are below 0. */
export const monthHours = 30 * 24;

/** How a video is watched. Views come by chance at this rate, in views an hour. */
export type Simulated = {
  name: string;
  publishedAt: number;
  rateAt(hour: number): number;
  /** How much of it a viewer watches, on average. */
  share: number;
  likesPerView: number;
  commentsPerView: number;
};

/** What is told apart in the picture. */
export const watched = ['viral spike', 'slow hit', 'bots, as counted', 'bots, each call counted'] as const;
export type Watched = (typeof watched)[number];

export const spike = {
  publishedAt: -20 * 24,
  beginsAt: 10 * 24 + 12,
  peak: 3000,
  riseHours: 1.5,
  fallHours: 8,
};
export const slowHit = {
  publishedAt: 3 * 24,
  peak: 450,
  peaksAt: 17 * 24,
  fallsFrom: 19 * 24,
  halfLifeHours: 60,
};
export const bots = { publishedAt: 21 * 24, beginsAt: 22 * 24 + 9, hours: 6, viewers: 40, callsAnHour: 120 };

const likes = { likesPerView: 0.04, commentsPerView: 0.008 };
const usualShare = 0.45;
const olderVideos = 200;
const newVideosADay = 12;

/** Few watch at five in the morning, most at eight in the evening. */
const diurnal = (hour: number) => 1 + 0.8 * Math.cos(((hour - 20) / 24) * 2 * Math.PI);

/**
 * A synthetic month of one region: some five hundred ordinary videos, which are watched less the older they are, and
 * four that are not ordinary.
 */
export function simulatedMonth(random: Random): Simulated[] {
  const count = olderVideos + newVideosADay * 30;
  const ordinary = Array.from({ length: count }, (_, n): Simulated => {
    const isOlder = n < olderVideos;
    const publishedAt = (isOlder ? -random.uniform() : random.uniform()) * monthHours;
    // A few have most of the views.
    const first = 12 * Math.exp(1.2 * random.normal());
    const halfLife = 18 + 36 * random.uniform();
    const rateAt = (hour: number) => first * (2 ** ((publishedAt - hour) / halfLife) + 0.02) * diurnal(hour);
    return { name: `video ${n}`, publishedAt, rateAt, share: usualShare, ...likes };
  });
  return [...ordinary, viral(), slow(), ...burst()];
}

/** An old video that was seen by a few, until everybody sends it to everybody. */
function viral(): Simulated {
  const { publishedAt, beginsAt, peak, riseHours, fallHours } = spike;
  const rateAt = (hour: number) => {
    const since = hour - beginsAt;
    if (since < 0) return 0.5 * diurnal(hour);
    const rise = 1 - Math.exp(-since / riseHours);
    const fall = 2 ** (-Math.max(0, since - 12) / fallHours);
    return 0.5 * diurnal(hour) + peak * rise * fall;
  };
  return { name: 'viral spike', publishedAt, rateAt, share: usualShare, ...likes };
}

/** When its views have fallen to a tenth of the most, the spike is over. */
export const spikeIsOverAt = spike.beginsAt + 12 + spike.fallHours * Math.log2(10);

/** Found by a few more people each day, and watched to its end. */
function slow(): Simulated {
  const { publishedAt, peak, peaksAt, fallsFrom, halfLifeHours } = slowHit;
  const rateAt = (hour: number) => {
    const grown = Math.min(1, (hour - publishedAt) / (peaksAt - publishedAt)) ** 2;
    const fall = 2 ** (-Math.max(0, hour - fallsFrom) / halfLifeHours);
    return (2 + peak * grown * fall) * diurnal(hour);
  };
  return { name: 'slow hit', publishedAt, rateAt, share: 0.7, ...likes };
}

/**
 * A few programs that say over and over that they have watched all of it: as the rule counts them, once a viewer and
 * hour, and as if there were no rule. They like nothing, which takes an account.
 */
function burst(): Simulated[] {
  const { publishedAt, beginsAt, hours, viewers, callsAnHour } = bots;
  const botsAt = (callsEach: number) => (hour: number) =>
    diurnal(hour) + (hour >= beginsAt && hour < beginsAt + hours ? viewers * callsEach : 0);
  const about = (callsEach: number) => ({
    publishedAt,
    rateAt: botsAt(callsEach),
    share: 1,
    likesPerView: 0,
    commentsPerView: 0,
  });
  return [
    { name: 'bots, as counted', ...about(1) },
    { name: 'bots, each call counted', ...about(callsAnHour) },
  ];
}
