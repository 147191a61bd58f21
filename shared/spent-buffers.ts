const collectedBytes = 8 * 1024 ** 2;
let spent = 0;

/**
 * Tells of so many bytes that went through buffers which nobody needs any more, as those of a download. V8 lets 64 MB of
 * them lie before it collects any; where a process is started with `--expose-gc`, as workers are, they go every 8 MiB.
 * New ones alone are looked at.
 */
export function spendBuffers(bytes: number): void {
  spent += bytes;
  if (spent < collectedBytes) return;
  spent = 0;
  globalThis.gc?.({ type: 'minor' });
}
