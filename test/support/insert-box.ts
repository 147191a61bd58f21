/**
 * An MP4 or MOV whose index is last, with one box more at the end of the entry that describes the picture, called
 * `entry` there. Nothing that the index points to moves.
 */
export function insertBox(file: Buffer, entry: string, type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + content.length);
  head.write(type, 4);
  const boxes = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', entry];
  const starts = boxes.map((name) => file.lastIndexOf(name) - 4);
  const last = starts.at(-1) ?? 0;
  const end = last + file.readUInt32BE(last);
  const result = Buffer.concat([file.subarray(0, end), head, content, file.subarray(end)]);
  for (const start of starts) {
    result.writeUInt32BE(result.readUInt32BE(start) + head.length + content.length, start);
  }
  return result;
}
