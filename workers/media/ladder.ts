import type { Candidate, CopyRefusal, Rung } from '../../shared/contracts/encoding.ts';
import type { EncodingProfile, LadderStep } from '../../shared/contracts/encoding-profile.ts';

export type Picture = {
  /** Upright, square pixels. */
  width: number;
  height: number;
  framesPerSecond: number;
  /** Of the source's picture alone, bit/s. */
  bitrate: number;
};

type Ladder = { rungs: Rung[]; copied: string | null; candidates: Candidate[] };

/** The source's own picture, when it could be the top rung as it is; bit/s. */
export type CopyOffer = { averageBitrate: number; peakBitrate: number };

/** A rung is worth its place when the rung above is this much larger, and when it spends so much less than that. */
const worthItsSize = 1.15;
const worthItsRate = 0.85;
const leastBitrate = 80_000;
/**
 * A second encoding at the source's own rate loses 10.5 VMAF against it (89.5 on a real clip of 1.2 Mbit/s), at half
 * as much again 6.8, at twice as much 6.1: there the constant quality binds, and the cap is left for what moves more.
 */
const sourceHeadroom = 2;
/** Below a copied rung: none of them may come near to what that one spends. */
const copyHeadroom = 1.4;

type Limits = { crf: number; headroom: number };

/**
 * The rungs for a picture, lowest first. Never larger than the source; sides are even; rates follow area and
 * frame rate and do not exceed what the source itself spends by more than a second encoding needs to keep its
 * quality, scaled by area^0.75 (the usual power law of rate over resolution at equal quality).
 */
export function planLadder(
  picture: Picture,
  profile: Pick<EncodingProfile, 'steps' | 'crf'>,
  copy: CopyOffer | CopyRefusal,
): Ladder {
  const short = Math.min(picture.width, picture.height);
  const steps = stepsFor(short, profile.steps);
  const { offer, refusal } = judgeCopy(copy, steps.at(-1), picture);
  const limits = { crf: profile.crf, headroom: offer ? copyHeadroom : sourceHeadroom };
  const planned = steps.map((step) => ({ step, rung: rungOf(step, picture, limits) }));
  const top = planned.at(-1);
  const candidates: Candidate[] = [];
  const rungs: Rung[] = [];
  for (const { step, rung } of planned.toReversed()) {
    const isTop = rung === top?.rung;
    const isCopied = isTop && offer !== undefined;
    const skipped = isTop ? undefined : reasonToSkip(rung, rungs[0]);
    // What a copied rung spends is known; until it is measured as stored its peak stands in.
    const { peakBitrate = 0 } = offer ?? {};
    const kept = isCopied
      ? { ...rung, maxBitrate: peakBitrate, bufferBits: roundRate(peakBitrate * 1.5) }
      : rung;
    if (!skipped) rungs.unshift(kept);
    candidates.unshift({
      name: rung.name,
      width: rung.width,
      height: rung.height,
      maxBitrate: kept.maxBitrate,
      action: isCopied ? 'copy' : skipped ? 'skip' : 'encode',
      reason: isCopied ? 'copied' : (skipped ?? (step.isOwnSize ? 'source_size' : 'fits')),
      notCopied: isTop ? refusal : null,
    });
  }
  for (const step of profile.steps.filter(({ shortSide }) => shortSide > short)) {
    const { name, width, height, maxBitrate } = rungOf(step, picture, limits);
    const reason = 'larger_than_source';
    candidates.push({ name, width, height, maxBitrate, action: 'skip', reason, notCopied: null });
  }
  return { rungs, copied: offer && top ? top.rung.name : null, candidates };
}

type Step = LadderStep & { isOwnSize: boolean };

/** The steps that the source fills, and one of its own size where it lies between them or below all. */
function stepsFor(short: number, steps: readonly LadderStep[]): Step[] {
  const fitting = steps.filter(({ shortSide }) => shortSide <= short);
  const next = steps.find(({ shortSide }) => shortSide > short);
  const top = fitting.at(-1);
  const isBetween = !top || even(top.shortSide) !== even(short);
  const own = next && isBetween ? [{ ...next, shortSide: short }] : [];
  return [
    ...fitting.map((step) => ({ ...step, isOwnSize: false })),
    ...own.map((step) => ({ ...step, isOwnSize: true })),
  ];
}

function reasonToSkip(rung: Rung, above: Rung | undefined): 'close_above' | 'no_rate_gain' | undefined {
  if (!above) return undefined;
  if (above.height < rung.height * worthItsSize) return 'close_above';
  return rung.maxBitrate > above.maxBitrate * worthItsRate ? 'no_rate_gain' : undefined;
}

/** The source may be the top rung when it is of that size and spends no more than the rung might. */
function judgeCopy(
  copy: CopyOffer | CopyRefusal,
  top: LadderStep | undefined,
  picture: Picture,
): { offer?: CopyOffer; refusal: CopyRefusal | null } {
  if (typeof copy === 'string') return { refusal: copy };
  if (top?.shortSide !== Math.min(picture.width, picture.height)) return { refusal: 'too_large' };
  if (copy.averageBitrate > capOf(top, picture)) return { refusal: 'rate_too_high' };
  return { offer: copy, refusal: null };
}

function rungOf(step: LadderStep, picture: Picture, { crf, headroom }: Limits): Rung {
  const scale = step.shortSide / Math.min(picture.width, picture.height);
  const width = even(picture.width * scale);
  const height = even(picture.height * scale);
  const bySource = picture.bitrate * headroom * (scale * scale) ** 0.75;
  const maxBitrate = roundRate(Math.min(capOf(step, picture), Math.max(bySource, leastBitrate)));
  const name = `${Math.min(width, height)}p`;
  return { name, width, height, crf, maxBitrate, bufferBits: roundRate(maxBitrate * 1.5) };
}

/** The most that a step may spend on a picture of this shape and frame rate, bit/s. */
function capOf(step: LadderStep, { width, height, framesPerSecond }: Picture): number {
  const scale = step.shortSide / Math.min(width, height);
  const ofStep = (width * height * scale * scale) / (step.shortSide * step.shortSide * (16 / 9));
  return step.maxBitrate * Math.min(1.5, ofStep) * (framesPerSecond > 31 ? 1.4 : 1);
}

/** The nearest even number that is not above the value, at least 2. */
function even(value: number): number {
  return Math.max(2, 2 * Math.floor(value / 2 + 1e-6));
}

function roundRate(value: number): number {
  return Math.round(value / 1000) * 1000;
}
