type Loads<T> = { underWay: number; next: Promise<T> | undefined; begin(): void };

/** Two: while the one waits for an answer, the other is made ready. More of them would share less. */
const mostUnderWay = 2;

/**
 * Lets callers share what they ask for at the same moment, and gives nobody anything older than the moment of asking:
 * while loads of a key are under way, who comes waits for the next one, together with all others who came meanwhile.
 */
export function shareLoads<T>(): (key: string, load: () => Promise<T>) => Promise<T> {
  const byKey = new Map<string, Loads<T>>();

  function begin(key: string, loads: Loads<T>, load: () => Promise<T>): Promise<T> {
    loads.underWay += 1;
    const loaded = load();
    const ended = () => {
      loads.underWay -= 1;
      if (loads.next) loads.begin();
      else if (loads.underWay === 0) byKey.delete(key);
    };
    loaded.then(ended, ended);
    return loaded;
  }

  return (key, load) => {
    let loads = byKey.get(key);
    if (!loads) {
      loads = { underWay: 0, next: undefined, begin: () => {} };
      byKey.set(key, loads);
    }
    const known = loads;
    if (known.underWay < mostUnderWay) return begin(key, known, load);
    known.next ??= new Promise<T>((resolve, reject) => {
      known.begin = () => {
        known.next = undefined;
        begin(key, known, load).then(resolve, reject);
      };
    });
    return known.next;
  };
}
