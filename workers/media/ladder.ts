import type { Rung } from '../../shared/contracts/encoding.ts';

/** One row of a profile: the short side in pixels, and the highest bit/s for a 16:9 picture at up to 30 fps. */
type Row = { shortSide: number; maxBitrate: number };

/** The default profile, near the averages that Apple's authoring specification lists, capped CRF below them. */
export const defaultProfile: readonly Row[] = [
  { shortSide: 240, maxBitrate: 400_000 },
  { shortSide: 360, maxBitrate: 900_000 },
  { shortSide: 480, maxBitrate: 1_600_000 },
  { shortSide: 720, maxBitrate: 3_500_000 },
  { shortSide: 1080, maxBitrate: 6_500_000 },
  { shortSide: 1440, maxBitrate: 11_000_000 },
  { shortSide: 2160, maxBitrate: 20_000_000 },
];

export type Picture = {
  /** Upright, square pixels. */
  width: number;
  height: number;
  framesPerSecond: number;
  /** Of the source's picture alone, bit/s. */
  bitrate: number;
};

const crf = 23;
/** A source that is this much larger than the rung below it gets a rung of its own size. */
const worthARung = 1.15;

/**
 * The rungs for a picture, lowest first. Never larger than the source; sides are even; rates follow area and
 * frame rate and never exceed what the source itself spends, scaled by area^0.75 (the usual power law of rate
 * over resolution at equal quality).
 */
export function planLadder(picture: Picture, profile: readonly Row[] = defaultProfile): Rung[] {
  const short = Math.min(picture.width, picture.height);
  const fitting = profile.filter((row) => row.shortSide <= short);
  const top = fitting.at(-1);
  const largest = profile.at(-1)?.shortSide ?? 0;
  if (!top || (short < largest && short >= top.shortSide * worthARung)) {
    const next = profile.find((row) => row.shortSide > short);
    fitting.push({ shortSide: short, maxBitrate: next?.maxBitrate ?? top?.maxBitrate ?? 400_000 });
  }
  return fitting.map((row) => rungOf(row, picture, short));
}

function rungOf(row: Row, picture: Picture, sourceShort: number): Rung {
  const scale = row.shortSide / sourceShort;
  const width = even(picture.width * scale);
  const height = even(picture.height * scale);
  const squareOfRow = row.shortSide * row.shortSide * (16 / 9);
  const byArea = row.maxBitrate * Math.min(1.5, (width * height) / squareOfRow);
  const byRate = picture.framesPerSecond > 31 ? 1.4 : 1;
  const bySource = picture.bitrate * (scale * scale) ** 0.75;
  const maxBitrate = roundRate(Math.min(byArea * byRate, Math.max(bySource, 80_000)));
  return {
    name: `${Math.min(width, height)}p`,
    width,
    height,
    crf,
    maxBitrate,
    bufferBits: roundRate(maxBitrate * 1.5),
  };
}

/** The nearest even number that is not above the value, at least 2. */
function even(value: number): number {
  return Math.max(2, 2 * Math.floor(value / 2 + 1e-6));
}

function roundRate(value: number): number {
  return Math.round(value / 1000) * 1000;
}
