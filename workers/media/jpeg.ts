/** JPEG by its markers, as far as a stream of pictures has to be counted and cut. Made by our own encoder. */

const startOfImage = 0xd8;
const endOfImage = 0xd9;

/**
 * The pictures of an MJPEG stream, which is JPEG files one after another. What follows the last whole one is left
 * out.
 */
export function splitJpegs(stream: Buffer): Buffer[] {
  const pictures: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = endOfPicture(stream, at);
    if (end === undefined) break;
    pictures.push(stream.subarray(at, end));
    at = end;
  }
  return pictures;
}

/** Width and height in pixels, from the frame header. @throws RangeError when there is none. */
export function jpegSize(picture: Buffer): { width: number; height: number } {
  for (const { marker, at } of segmentsOf(picture, 0)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && at + 9 <= picture.length) {
      return { height: picture.readUInt16BE(at + 5), width: picture.readUInt16BE(at + 7) };
    }
  }
  throw new RangeError('a JPEG without a frame header');
}

function endOfPicture(stream: Buffer, from: number): number | undefined {
  for (const { marker, at } of segmentsOf(stream, from)) if (marker === endOfImage) return at + 2;
  return undefined;
}

/** Each marker from `from` on. Markers with a length are skipped whole, so that what they hold is not taken for one. */
function* segmentsOf(bytes: Buffer, from: number): Generator<{ marker: number; at: number }> {
  if (bytes[from] !== 0xff || bytes[from + 1] !== startOfImage) return;
  let at = from + 2;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    // In the data of a scan, FF is followed by 00 or by a restart marker; what else follows ends the data.
    if (bytes[at] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) {
      at = bytes.indexOf(0xff, at + 1);
      if (at === -1) return;
      continue;
    }
    yield { marker, at };
    if (marker === endOfImage || at + 4 > bytes.length) return;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}
