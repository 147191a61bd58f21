import type { ProbedStream, ProbeReport } from './ffprobe.ts';

/** The report without the streams of other programs: a broadcast may hold several, and each has a sound of its own. */
export function ownProgram(report: ProbeReport, { index: picture }: ProbedStream): ProbeReport {
  const programs = (report.programs ?? []).map(({ streams }) => streams.map(({ index }) => index));
  const own = programs.filter((indexes) => indexes.includes(picture)).flat();
  const others = programs.flat().filter((index) => !own.includes(index));
  if (own.length === 0) return report;
  return { ...report, streams: report.streams.filter(({ index }) => !others.includes(index)) };
}
