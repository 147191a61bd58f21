import type { FrameRate, Storyboard } from '../../shared/contracts/encoding.ts';
import { framesPerSecond } from './frame-rate.ts';

const leastInterval = 1;
const mostTiles = 300;
const tileSide = 160;

/** One small picture a second, of longer videos fewer: 300 at most. Its longer side is 160 pixels. */
export function planStoryboard(
  frameCount: number,
  rate: FrameRate,
  display: { width: number; height: number },
): Storyboard {
  const seconds = frameCount / framesPerSecond(rate);
  const intervalSeconds = Math.max(leastInterval, Math.ceil(seconds / mostTiles));
  const step = intervalSeconds * framesPerSecond(rate);
  const frames: number[] = [];
  for (let n = 0; Math.round(n * step) < frameCount; n += 1) frames.push(Math.round(n * step));
  const scale = tileSide / Math.max(display.width, display.height);
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { intervalSeconds, width: even(display.width), height: even(display.height), frames };
}
