import { type Formula, formulas, type StepCounts } from './formulas.ts';
import { monthHours, type Simulated, simulatedMonth, type Watched, watched } from './month.ts';
import { type Random, seededRandom } from './random.ts';

/** Ranks are computed so often: the pace of the scheduled run. */
const stepHours = 5 / 60;
/** Before the month, what was published earlier is watched too: totals count since the publication. */
const earlierStepHours = 6;
const dislikesPerView = 0.003;

/** `rank` from 1, among all that are published; null before that. */
export type Rank = { at: number; rank: number | null };
export type Ranks = Record<Watched, Rank[]>;

/** Replays the month, and ranks what is watched by every formula after each step. The same seed gives the same. */
export function replay(seed: number): Map<string, Ranks> {
  const random = seededRandom(seed);
  const videos = simulatedMonth(random);
  const followed = formulas.map((formula) => follow(formula, videos));
  for (let step = -monthHours / earlierStepHours; step < 0; step += 1) {
    watch(videos, followed, step * earlierStepHours, earlierStepHours, random);
  }
  const ranks = new Map(formulas.map(({ name }) => [name, noRanks()]));
  for (let step = 0; step < monthHours / stepHours; step += 1) {
    // Counted in whole steps: adding them up would drift.
    const until = (step + 1) * stepHours;
    watch(videos, followed, step * stepHours, stepHours, random);
    formulas.forEach(({ name }, at) => {
      const scores = (followed[at] ?? []).map((one) => one.score(until));
      for (const each of watched)
        ranks.get(name)?.[each].push({ at: until, rank: rankOf(each, videos, scores, until) });
    });
  }
  return ranks;
}

type Followed = ReturnType<Formula['follow']>;

const follow = (formula: Formula, videos: Simulated[]): Followed[] =>
  videos.map(({ publishedAt }) => formula.follow(publishedAt));

function noRanks(): Ranks {
  return Object.fromEntries(watched.map((name) => [name, [] as Rank[]])) as Ranks;
}

/** What happens from `from` on for so many hours is counted by all formulas alike. */
function watch(
  videos: Simulated[],
  followed: Followed[][],
  from: number,
  hours: number,
  random: Random,
): void {
  videos.forEach((video, at) => {
    if (video.publishedAt > from) return;
    const counts = countsOf(video, random.poisson(video.rateAt(from) * hours), random);
    if (counts) for (const formula of followed) formula[at]?.count(counts, from + hours);
  });
}

function countsOf(video: Simulated, views: number, random: Random): StepCounts | undefined {
  if (views === 0) return undefined;
  return {
    views,
    watchShare: views * video.share,
    likes: random.poisson(views * video.likesPerView),
    dislikes: random.poisson(views * dislikesPerView),
    comments: random.poisson(views * video.commentsPerView),
  };
}

function rankOf(name: Watched, videos: Simulated[], scores: number[], now: number): number | null {
  const at = videos.findIndex((video) => video.name === name);
  const publishedAt = videos[at]?.publishedAt ?? Infinity;
  const own = scores[at] ?? Number.NEGATIVE_INFINITY;
  if (publishedAt > now || own === Number.NEGATIVE_INFINITY) return null;
  let rank = 1;
  for (let other = 0; other < videos.length; other += 1) {
    const isThere = (videos[other]?.publishedAt ?? Infinity) <= now;
    if (isThere && (scores[other] ?? Number.NEGATIVE_INFINITY) > own) rank += 1;
  }
  return rank;
}
