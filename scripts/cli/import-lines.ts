/** A line of a file, counted from 1; null: it is longer than is taken. */
type Line = { number: number; bytes: Buffer | null };

/**
 * The lines of a stream without their ends, and without ever holding more than one chunk and one line. What is longer
 * than `mostBytes` is passed over.
 */
export async function* readLines(source: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Line> {
  let number = 1;
  let begun: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > mostBytes) begun = [];
    else begun.push(piece);
  };
  const finish = (): Line => {
    const bytes = length > mostBytes ? null : Buffer.concat(begun);
    begun = [];
    length = 0;
    const line = { number, bytes };
    number += 1;
    return line;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end));
      yield finish();
      from = end + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (length > 0) yield finish();
}
