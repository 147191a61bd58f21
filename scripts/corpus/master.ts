export type Entry = { name: string; url: string; attributes: Record<string, string> };
type Master = { variants: Entry[]; audio: Entry[] };

/** What a master playlist lists. One rendition may be listed in several groups; each is given once. */
export async function readMaster(url: string, signal: AbortSignal): Promise<Master> {
  const lines = (await readPlaylist(url, signal)).split('\n');
  const variants = new Map<string, Entry>();
  const audio = new Map<string, Entry>();
  lines.forEach((line, index) => {
    const isVariant = line.startsWith('#EXT-X-STREAM-INF:');
    if (!isVariant && !/^#EXT-X-MEDIA:.*TYPE=AUDIO/.test(line)) return;
    const attributes = attributesOf(line);
    const uri = isVariant ? lines[index + 1] : attributes.URI;
    if (!uri) return;
    const entry = { name: uri.slice(0, uri.lastIndexOf('/')), url: new URL(uri, url).href, attributes };
    (isVariant ? variants : audio).set(entry.url, entry);
  });
  return { variants: [...variants.values()], audio: [...audio.values()] };
}

/** @throws Error when it cannot be had, or only by a redirect, which no media request may need. */
async function readPlaylist(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal });
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}.`);
  return response.text();
}

function attributesOf(line: string): Record<string, string> {
  const found = line.slice(line.indexOf(':') + 1).matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value.replaceAll('"', '')]));
}
