/**
 * Keeps what `load` gives for a moment, and lets callers that come meanwhile share one load. A load that fails is
 * not kept. At most `mostEntries` are held; the oldest go first, and what has run out goes with the next that is added.
 */
export function shortCache<T>(milliseconds: number, mostEntries: number) {
  const entries = new Map<string, { value: Promise<T>; until: number }>();
  return (key: string, load: () => Promise<T>): Promise<T> => {
    const now = performance.now();
    const known = entries.get(key);
    if (known && known.until > now) return known.value;
    const value = load();
    entries.delete(key);
    entries.set(key, { value, until: now + milliseconds });
    for (const [oldest, { until }] of entries) {
      if (entries.size <= mostEntries && until > now) break;
      entries.delete(oldest);
    }
    value.catch(() => {
      if (entries.get(key)?.value === value) entries.delete(key);
    });
    return value;
  };
}
