import type { Sprites } from './contracts/images.ts';

/**
 * The WebVTT by which players find the picture for a time: cue k covers [t_k, t_k+1), the last one reaches to the
 * end. `addressOf` names a sheet. Seconds.
 */
export function storyboardVtt(
  { intervalSeconds, tileWidth, tileHeight, sheets }: Sprites,
  durationSeconds: number,
  addressOf: (sheet: number) => string,
): string {
  const places = sheets.flatMap(({ columns, tiles }, sheet) =>
    Array.from({ length: tiles }, (_, tile) => {
      const x = (tile % columns) * tileWidth;
      const y = Math.floor(tile / columns) * tileHeight;
      return `${addressOf(sheet)}#xywh=${x},${y},${tileWidth},${tileHeight}`;
    }),
  );
  const cues = places.map((place, k) => {
    const isLast = k === places.length - 1;
    const end = isLast ? Math.max(durationSeconds, k * intervalSeconds + 0.001) : (k + 1) * intervalSeconds;
    return `${timestamp(k * intervalSeconds)} --> ${timestamp(end)}\n${place}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** 3661.5 -> `01:01:01.500` */
function timestamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(milliseconds % 1000).padStart(3, '0');
  const whole = milliseconds / 1000;
  return `${two(whole / 3600)}:${two((whole / 60) % 60)}:${two(whole % 60)}.${rest}`;
}
