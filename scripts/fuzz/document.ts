export type Seeds = { videoId: string; uploadId: string; spareVideoId: string; spareUploadId: string };

type Operation = { operationId: string; security?: object[] };
export type Document = { paths: Record<string, Record<string, Operation>>; components: unknown };

/**
 * The ids of the operations that nobody needs to sign in for, or of those that one does; one that says nothing is open.
 */
export function operationIds({ paths }: Document, which: 'open' | 'closed'): string[] {
  const isOpen = ({ security = [{}] }: Operation) => security.some((way) => Object.keys(way).length === 0);
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .filter((operation) => isOpen(operation) === (which === 'open'))
    .map(({ operationId }) => operationId);
}

/** The ids that the examples of the document have. */
const example = { videoId: '5f2b8c0e9d3a4b6c7d8e9f01', uploadId: '6a1c0e9d3a4b6c7d8e9f0123' };

/**
 * The document with ids that exist in its examples, so that the fuzzing begins at something: where something is ended
 * or removed, those of a spare one.
 */
export function withSeeds(document: Document, seeds: Seeds): Document {
  const fill = (method: string, path: string, operation: Operation): Operation => {
    const isEnding = method === 'delete' || path.endsWith('/cancel') || path.endsWith('/reprocess');
    const text = JSON.stringify(operation)
      .replaceAll(example.videoId, isEnding ? seeds.spareVideoId : seeds.videoId)
      .replaceAll(example.uploadId, isEnding ? seeds.spareUploadId : seeds.uploadId);
    return JSON.parse(text);
  };
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, fill(method, path, operation)]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) };
}
