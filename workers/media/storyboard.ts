import type { FrameRate, Storyboard } from '../../shared/contracts/encoding.ts';
import { framesPerSecond, secondsOf } from './frame-rate.ts';

const shortestInterval = 1;
const mostTiles = 300;
const tileWidth = 160;
/** Only pictures that are taller than two to one are made narrower. */
const mostTileHeight = 320;

/**
 * Which frames of the output stand in the storyboard: every n-th, n whole, so that tile k is shown at exactly k
 * times the interval. At least a second apart, 300 at most. `display` is the picture's upright size.
 */
export function planStoryboard(
  durationSeconds: number,
  frameCount: number,
  rate: FrameRate,
  display: { width: number; height: number },
): Storyboard {
  const wanted = Math.max(shortestInterval, durationSeconds / mostTiles) * framesPerSecond(rate);
  const step = Math.max(1, Math.ceil(wanted - 1e-6));
  const frames = Array.from({ length: Math.ceil(frameCount / step) }, (_, tile) => tile * step);
  const scale = Math.min(1, tileWidth / display.width, mostTileHeight / display.height);
  return {
    intervalSeconds: secondsOf(step, rate),
    width: even(display.width * scale),
    height: even(display.height * scale),
    frames,
  };
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}
