import { open } from 'node:fs/promises';
import type { ProbeReport } from './ffprobe.ts';
import { canonicalLanguage } from './languages.ts';
import { ids, readTracks } from './matroska.ts';

/**
 * The report with the languages that a Matroska file names by BCP 47. ffmpeg reads the older ones beside them alone, in
 * which `pt-BR` and `pt-PT` are the same.
 */
export async function withWholeLanguages(path: string, report: ProbeReport): Promise<ProbeReport> {
  if (!/^matroska\b/.test(report.format.format_name ?? '')) return report;
  const tracks = await tracksOf(path);
  const { streams } = report;
  // Else it is not known which is which.
  if (tracks.some(({ kind }, place) => streams[place]?.codec_type !== kind)) return report;
  return {
    ...report,
    streams: streams.map((stream, place) => {
      const language = canonicalLanguage(tracks[place]?.language);
      return language === 'und' ? stream : { ...stream, tags: { ...stream.tags, language } };
    }),
  };
}

type Track = { kind: string; language: string | undefined };

async function tracksOf(path: string): Promise<Track[]> {
  const file = await open(path, 'r');
  try {
    return (await readTracks(file)).map(({ kind, fields }) => ({
      kind,
      language: fields.get(ids.language)?.body.toString('latin1').replace(/\0+$/, ''),
    }));
  } finally {
    await file.close();
  }
}
