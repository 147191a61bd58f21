/**
 * Replaces the relative file names of a media playlist by what `sign` makes of them. A file that is listed many
 * times, as in a playlist of key frames, is signed once.
 */
export async function signPlaylist(text: string, sign: (file: string) => Promise<string>): Promise<string> {
  const signed = new Map<string, string>();
  const once = async (file: string): Promise<string> => {
    const known = signed.get(file) ?? (await sign(file));
    signed.set(file, known);
    return known;
  };
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"$/.exec(line);
    if (map?.[1]) lines.push(`#EXT-X-MAP:URI="${await once(map[1])}"`);
    else lines.push(line === '' || line.startsWith('#') ? line : await once(line));
  }
  return lines.join('\n');
}
