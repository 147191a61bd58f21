import { cueSettings } from './cue-settings.ts';
import { cueText } from './cue-text.ts';
import { MillraceError } from './errors.ts';

export type CaptionsFormat = 'vtt' | 'srt';

/** One text and when it is shown, in milliseconds. `line` is where it stood, from 1. */
export type Cue = { line: number; start: number; end: number; settings: string; text: string };

export const mostCaptionBytes = 1024 ** 2;
const mostCues = 20_000;
const mostMilliseconds = 100 * 3600 * 1000;

/** It takes a byte order mark away. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const time = String.raw`(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})`;
const timing = new RegExp(String.raw`^\s*${time}\s*-->\s*${time}(?:\s(.*))?$`);

/**
 * The cues of a WebVTT or SubRip text that have something to show, made safe by `cueText`. Without a format, a text
 * that begins with WEBVTT is WebVTT. Cue numbers, NOTE, STYLE and REGION are left out: styles are CSS that nobody
 * checks and most players ignore, and without its region a cue stands where captions usually do.
 * @throws MillraceError invalid_captions, with the line.
 */
export function parseCaptions(bytes: Buffer, format?: CaptionsFormat): Cue[] {
  if (bytes.length > mostCaptionBytes) {
    throw new MillraceError('invalid_captions', `Captions may have ${mostCaptionBytes} bytes at most.`);
  }
  // Two returns are what a transfer as text leaves of one.
  const lines = decode(bytes).split(/\r{1,2}\n|\r|\n/);
  const isVtt = format ? format === 'vtt' : isHeader(lines[0]);
  const cues = (isVtt ? parseVtt(lines) : parseSrt(lines)).filter(({ text }) => text !== '');
  if (cues.length > mostCues) {
    throw new MillraceError('invalid_captions', `Captions may have ${mostCues} cues at most.`);
  }
  return cues;
}

/** @throws MillraceError invalid_captions when there is no cue, or one that does not end after it begins. */
export function checkCues(cues: Cue[]): Cue[] {
  if (cues.length === 0) throw new MillraceError('invalid_captions', 'There is not one cue with a text.');
  for (const { line, start, end } of cues)
    if (end <= start) throw wrong(line, 'the cue must end after it begins');
  return cues;
}

/** Moves cues by `shift` and cuts them to [0, end), all in milliseconds. Those outside are left out. */
export function fitCues(cues: Cue[], shift: number, end: number): Cue[] {
  return cues
    .map((cue) => ({
      ...cue,
      start: Math.max(0, Math.round(cue.start + shift)),
      end: Math.min(Math.round(end), Math.round(cue.end + shift)),
    }))
    .filter((cue) => cue.end > cue.start);
}

/**
 * WebVTT, in the order of time. Its head says what HLS players otherwise have to guess: that time 0 of the cues is
 * time 0 of the segments.
 */
export function writeCaptions(cues: Cue[]): string {
  const blocks = [...cues]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, settings, text }) => {
      const when = `${writeTime(start)} --> ${writeTime(end)}`;
      return `${settings ? `${when} ${settings}` : when}\n${text}\n`;
    });
  return ['WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n', ...blocks].join('\n');
}

function decode(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    throw new MillraceError('invalid_captions', 'The text is in UTF-16; save it as UTF-8.');
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw wrong(firstBadLine(bytes), 'this is not UTF-8; save the text in that encoding');
  }
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end === -1 ? bytes.length : end;
    try {
      utf8.decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}

function isHeader(line = ''): boolean {
  return /^WEBVTT(?:[ \t]|$)/.test(line);
}

/** Blocks with empty lines between them: a head, then cues and comments. */
function parseVtt(lines: string[]): Cue[] {
  if (!isHeader(lines[0])) throw wrong(1, 'a WebVTT text begins with the word WEBVTT');
  const [head, ...blocks] = blocksOf(lines);
  const early = head?.lines.findIndex((line) => line.includes('-->')) ?? -1;
  if (early !== -1) throw wrong(early + 1, 'an empty line is missing between WEBVTT and the first cue');
  return blocks.flatMap((block) => {
    const [first = '', second = ''] = block.lines;
    const skipped = first.includes('-->') ? 0 : 1;
    if (skipped === 1 && !second.includes('-->')) {
      if (isComment(first)) return [];
      throw wrong(block.line, 'this is neither a cue nor a comment; a cue has no empty line inside');
    }
    const when = readTiming(block.lines[skipped] ?? '', block.line + skipped);
    const texts = block.lines.slice(skipped + 1);
    const arrow = texts.findIndex((line) => line.includes('-->'));
    if (arrow !== -1) {
      throw wrong(block.line + skipped + 1 + arrow, 'an empty line is missing before this cue');
    }
    return [{ ...when, settings: cueSettings(when.settings), text: cueText(texts) }];
  });
}

/**
 * An empty line ends a block. One of spaces may stand in a cue, as in captions that were made by machine; it ends a
 * block where the next one begins behind it, which some write so.
 */
function blocksOf(lines: string[]): { line: number; lines: string[] }[] {
  const blocks: { line: number; lines: string[] }[] = [];
  let open: string[] | undefined;
  for (const [index, line] of lines.entries()) {
    const isBlank = line.trim() === '';
    if (line === '') open = undefined;
    else if (open && (isBlank || lines[index - 1]?.trim() !== '' || !beginsBlock(line, lines[index + 1])))
      open.push(line);
    else if (!isBlank) {
      open = [line];
      blocks.push({ line: index + 1, lines: open });
    }
  }
  return blocks;
}

function beginsBlock(line: string, next = ''): boolean {
  return line.includes('-->') || next.includes('-->') || isComment(line);
}

function isComment(line: string): boolean {
  return /^(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION)[ \t]*$)/.test(line);
}

/**
 * Empty lines inside a text are common in SubRip, so a cue goes on until the number and times of the next. Between
 * these two there is an empty line only where the number is the next in order: else it is text.
 */
function parseSrt(lines: string[]): Cue[] {
  const found: (Omit<Cue, 'text'> & { lines: string[] })[] = [];
  let number: { value: number; at: number } | undefined;
  let previous: number | undefined;
  for (const [index, line] of lines.entries()) {
    const current = found.at(-1);
    if (/^\s*\d+:.*-->/.test(line)) {
      // It was taken for the last line of the text before.
      if (current && number && (number.at === current.lines.length - 1 || number.value - 1 === previous)) {
        current.lines.length = number.at;
      }
      found.push({ ...readTiming(line, index + 1), settings: '', lines: [] });
      previous = number?.value;
      number = undefined;
      continue;
    }
    const isBlank = line.trim() === '';
    if (!current && !isBlank && (number !== undefined || !isNumber(line))) {
      throw wrong(index + 1, 'a SubRip text begins with the number and the times of its first cue');
    }
    if (!isBlank)
      number = isNumber(line) ? { value: Number(line), at: current?.lines.length ?? 0 } : undefined;
    current?.lines.push(line);
  }
  return found.map(({ lines: [first = '', ...rest], ...cue }) => ({
    ...cue,
    // Alignment, as taken over from Advanced SubStation: 7 to 9 is the top.
    settings: /\{\\an[789]\}/.test(first) ? 'line:0' : '',
    text: cueText([first, ...rest].map((line) => line.replaceAll(/\{\\[^{}]*\}/g, ''))),
  }));
}

function isNumber(line: string): boolean {
  return /^\s*\d+\s*$/.test(line);
}

function readTiming(
  text: string,
  line: number,
): { line: number; start: number; end: number; settings: string } {
  const match = timing.exec(text);
  if (!match) throw wrong(line, 'the times are not of the form 00:00:01.000 --> 00:00:02.500');
  const [, ...fields] = match;
  const [start, end] = [fields.slice(0, 4), fields.slice(4, 8)].map(([hours = '0', ...rest]) => {
    const [minutes = 0, seconds = 0, milliseconds = 0] = rest.map(Number);
    return ((Number(hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  }) as [number, number];
  if (start >= mostMilliseconds || end >= mostMilliseconds)
    throw wrong(line, 'the times must lie below 100 hours');
  return { line, start, end, settings: fields[8] ?? '' };
}

function writeTime(milliseconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${rest}`;
}

function wrong(line: number, why: string): MillraceError {
  return new MillraceError('invalid_captions', `Line ${line}: ${why}.`);
}
