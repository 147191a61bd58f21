/** Whether a write failed because what it adds is there already: another one was faster. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 11_000;
}
