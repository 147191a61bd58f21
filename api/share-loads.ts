/**
 * Lets callers share what they ask for at the same moment, and gives nobody anything older than the moment of asking:
 * while a load of a key is under way, who comes waits for the next one, together with all others who came meanwhile.
 */
export function shareLoads<T>(): (key: string, load: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, { now: Promise<T>; next: Promise<T> | undefined }>();

  function begin(key: string, load: () => Promise<T>): Promise<T> {
    const entry = { now: load(), next: undefined };
    underWay.set(key, entry);
    const ended = () => {
      if (underWay.get(key) === entry && !entry.next) underWay.delete(key);
    };
    entry.now.then(ended, ended);
    return entry.now;
  }

  return (key, load) => {
    const known = underWay.get(key);
    if (!known) return begin(key, load);
    const again = () => begin(key, load);
    known.next ??= known.now.then(again, again);
    return known.next;
  };
}
