import type { Report } from './hls-rule-table.ts';
import {
  at,
  boundariesOf,
  codecsOf,
  type Listed,
  resolve,
  type SegmentFacts,
  type Stream,
} from './hls-stream.ts';
import { type Bandwidth, measureBandwidth } from './playlist.ts';

/** Apple's tenth. */
const tolerance = 0.1;
/** What rounding of EXTINF may add to a measured rate. */
const rateRounding = 0.001;
/** Seconds that time stamps may be rounded by: timescales of 1000 exist. */
const tick = 0.002;
/** Seconds; an encoder's delay in sound is about half of this. */
const startTolerance = 0.05;

/** What the bytes behind the playlists must keep. Where nothing is known of them, nothing is said. */
export function checkMeasured(stream: Stream, report: Report): void {
  for (const listed of stream.listed) {
    if (listed.kind === 'keyFrames') continue;
    checkSegments(listed, report);
    if (listed.kind !== 'text') checkTimes(listed, stream.frameSeconds, report);
  }
  checkStart(stream, report);
  checkCodecs(stream, report);
  checkKeyFrames(stream, report);
  if (!stream.isGrowing) checkRates(stream, report);
}

function checkSegments({ kind, where, playlist, facts }: Listed, report: Report): void {
  for (const [index, { line, range }] of playlist.items.entries()) {
    const found = facts?.segments[index];
    if (!found) continue;
    if (found.bytes === 0) report('segment-bytes', at(where, line), 'The segment is empty.');
    else if (range && range.bytes !== found.bytes) {
      report('segment-bytes', at(where, line), `${found.bytes} bytes of ${range.bytes} are there.`);
    }
    if (kind === 'picture' && found.beginsWithKeyFrame === false) {
      report('key-frame-first', at(where, line), 'The segment does not begin with a key frame.');
    }
    const target = playlist.targetSeconds;
    if (found.times && target !== null && found.times.seconds > target + 0.5 + tick) {
      const message = `It really lasts ${found.times.seconds.toFixed(3)} s for a target of ${target} s.`;
      report('segment-length', at(where, line), message);
    }
  }
}

/** Reports the first place of each kind: what follows is wrong for the same reason. */
function checkTimes({ where, playlist, facts }: Listed, frameSeconds: number, report: Report): void {
  const told = new Set<string>();
  const once = (rule: 'decode-times' | 'extinf-measured', line: number, message: string) => {
    if (!told.has(rule)) report(rule, at(where, line), message);
    told.add(rule);
  };
  const boundaries = boundariesOf(playlist);
  let before: SegmentFacts['times'];
  let drifts: number[] = [];
  for (const [index, { line, afterDiscontinuity }] of playlist.items.entries()) {
    const times = facts?.segments[index]?.times;
    if (!times || afterDiscontinuity) {
      before = undefined;
      drifts = [];
    }
    if (!times) continue;
    const due = before && before.start + before.seconds;
    if (due !== undefined && Math.abs(times.start - due) > tick) {
      once('decode-times', line, `It begins at ${times.start.toFixed(3)} s, not at ${due.toFixed(3)} s.`);
    }
    before = times;
    const start = (boundaries[index] ?? 0) - times.start;
    const end = (boundaries[index + 1] ?? 0) - times.start - times.seconds;
    drifts.push(start, end);
    const drift = Math.max(...drifts) - Math.min(...drifts);
    // A minimum and a maximum stand for all that came before.
    drifts = [Math.min(...drifts), Math.max(...drifts)];
    if (drift > frameSeconds + tick) {
      once(
        'extinf-measured',
        line,
        `EXTINF has gone ${drift.toFixed(3)} s astray from the segments up to here.`,
      );
    }
  }
}

function checkStart({ listed }: Stream, report: Report): void {
  const begins = listed.flatMap(({ kind, where, playlist, facts }) => {
    const shown = facts?.segments[0]?.times?.shown;
    const isBound = (kind === 'picture' || kind === 'sound') && playlist.type === 'VOD';
    return isBound && shown !== undefined ? [{ where, shown }] : [];
  });
  const [first, ...others] = begins;
  for (const { where, shown } of others) {
    if (first && Math.abs(shown - first.shown) > startTolerance) {
      const message = `It begins at ${shown.toFixed(3)} s, ${first.where} at ${first.shown.toFixed(3)} s.`;
      report('same-start', where, message);
    }
  }
}

function checkCodecs({ variants }: Stream, report: Report): void {
  for (const variant of variants) {
    const declared = codecsOf(variant).map((codec) => codec.toLowerCase());
    if (declared.length === 0) continue;
    for (const { where, facts } of [variant.own, ...variant.sound].flatMap((one) => one ?? [])) {
      for (const codec of facts?.codecs ?? []) {
        if (declared.some((one) => isSameCodec(one, codec.toLowerCase()))) continue;
        report('codecs-measured', variant.where, `CODECS does not name ${codec}, which ${where} holds.`);
      }
    }
  }
}

function isSameCodec(declared: string, found: string): boolean {
  if (!found.includes('.')) return declared.split('.')[0] === found;
  // HE-AAC may look like AAC in its init segment.
  const isAac = /^mp4a\.40\.(2|5|29)$/;
  return declared === found || (isAac.test(declared) && isAac.test(found));
}

type Place = { offset: number; bytes: number; moofs: number[] | undefined };

function checkKeyFrames({ listed }: Stream, report: Report): void {
  const segments = new Map<string, Place[]>();
  for (const { kind, url, playlist, facts } of listed) {
    if (kind !== 'picture') continue;
    for (const [index, { uri, range }] of playlist.items.entries()) {
      const found = facts?.segments[index];
      const bytes = range?.bytes ?? found?.bytes;
      const file = resourceOf(uri, url);
      if (bytes === undefined || file === undefined) continue;
      const places = segments.get(file) ?? [];
      places.push({ offset: range?.offset ?? 0, bytes, moofs: found?.moofs });
      segments.set(file, places);
    }
  }
  for (const { kind, url, where, playlist } of listed) {
    if (kind !== 'keyFrames') continue;
    for (const { line, uri, range } of playlist.items) {
      const places = segments.get(resourceOf(uri, url) ?? '');
      if (!places || !range) continue;
      const holder = places.find(
        ({ offset, bytes }) => offset <= range.offset && range.offset + range.bytes <= offset + bytes,
      );
      if (!holder) {
        const message = `Bytes ${range.offset} to ${range.offset + range.bytes} lie in no segment.`;
        report('key-frame-range', at(where, line), message);
      } else if (holder.moofs && !holder.moofs.includes(range.offset - holder.offset)) {
        report('key-frame-moof', at(where, line), `No moof box begins at byte ${range.offset}.`);
      }
    }
  }
}

/** Signatures in a query differ from playlist to playlist; the file is the same. */
function resourceOf(uri: string, from: string): string | undefined {
  return resolve(uri, from)?.split(/[?#]/)[0];
}

function checkRates({ variants, keyFrames }: Stream, report: Report): void {
  for (const { where, attributes, own, sound } of variants) {
    const picture = own && measure(own);
    const tracks = sound.map((one) => one && measure(one));
    if (!picture || tracks.includes(undefined)) continue;
    const most = (of: keyof Bandwidth) => Math.max(0, ...tracks.map((track) => track?.[of] ?? 0));
    const truth = { average: picture.average + most('average'), peak: picture.peak + most('peak') };
    compareRates(where, attributes, truth, report);
  }
  for (const { where, attributes, own } of keyFrames) {
    const pieces = own?.playlist.items.map(({ range, seconds }) => ({ bytes: range?.bytes, seconds })) ?? [];
    const known = pieces.flatMap(({ bytes, seconds }) => (bytes === undefined ? [] : [{ bytes, seconds }]));
    if (known.length === 0 || known.length < pieces.length) continue;
    const truth = measureBandwidth(known, own?.playlist.targetSeconds ?? 0);
    compareRates(where, attributes, truth, report);
  }
}

/** Undefined unless the size of every segment is known. */
function measure({ playlist: { items, targetSeconds }, facts }: Listed): Bandwidth | undefined {
  const segments = items.flatMap(({ seconds }, index) => {
    const bytes = facts?.segments[index]?.bytes;
    return bytes === undefined ? [] : [{ bytes, seconds }];
  });
  const isWhole = segments.length === items.length && targetSeconds !== null;
  return isWhole ? measureBandwidth(segments, targetSeconds) : undefined;
}

function compareRates(
  where: string,
  attributes: Partial<Record<string, string>>,
  truth: Bandwidth,
  report: Report,
): void {
  const average = Number(attributes['AVERAGE-BANDWIDTH'] ?? Number.NaN);
  const peak = Number(attributes.BANDWIDTH ?? Number.NaN);
  if (Math.abs(average - truth.average) > truth.average * tolerance) {
    report('average-measured', where, `AVERAGE-BANDWIDTH is ${average}, and ${truth.average} was measured.`);
  }
  if (truth.peak > peak * (1 + rateRounding)) {
    report('peak-measured', where, `BANDWIDTH is ${peak}, and ${truth.peak} was measured.`);
  } else if (peak > truth.peak * (1 + tolerance)) {
    report('peak-overstated', where, `BANDWIDTH is ${peak}, and only ${truth.peak} was measured.`);
  }
}
