import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { atOnce } from './at-once.ts';
import { MillraceError } from './errors.ts';
import { spendBuffers } from './spent-buffers.ts';

/** What the object must be: null where any will do. */
type Expected = { etag: string | null; bytes: number | null };

type Place = { path: string; flags: 'w' | 'r+' | 'a'; start?: number };
type Range = { start: number; end: number };

/** From a store on the same machine one connection brought 280 MB/s, four 700 to 1000, for half the processor time. */
const connections = 4;
const rangeBytes = 32 * 1024 ** 2;
const writeBytes = 256 * 1024;

/** The verbs that bring objects to local files. `names` tells each bucket's own name. */
export function downloads<B extends string>(client: S3Client, names: Record<B, string>) {
  async function fetchTo(
    place: Place,
    object: { bucket: B; key: string; range?: Range } & Expected,
    signal: AbortSignal,
  ): Promise<void> {
    const { bucket, key, etag, bytes, range } = object;
    const command = new GetObjectCommand({
      ...{ Bucket: names[bucket], Key: key },
      ...(etag === null ? {} : { IfMatch: etag }),
      ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
    });
    const { Body, ContentRange } = await client.send(command, { abortSignal: signal });
    if (range && !ContentRange) throw new Error('S3 gave all of an object instead of a range');
    if (!(Body instanceof Readable)) throw new Error('S3 gave no body');
    let received = 0;
    Body.on('data', ({ length }: Buffer) => {
      received += length;
      spendBuffers(length);
    });
    const { path, ...how } = place;
    const file = createWriteStream(path, { ...how, highWaterMark: writeBytes });
    await pipeline(Body, file, { signal }).catch((error) => {
      throw isBrokenOff(error)
        ? new MillraceError('unavailable', 'The store of files broke off.', { cause: error })
        : error;
    });
    // What stands between may answer 200 with a page of its own, or keep what it had of a reply that broke off.
    if (received !== (bytes ?? received))
      throw new MillraceError('unavailable', `The store of files gave ${received} bytes, not ${bytes}.`);
  }

  return {
    /**
     * Downloads an object to a file; one that is known to be large in ranges, several at once.
     * @throws MillraceError source_missing when the object is gone or another.
     */
    async download(
      bucket: B,
      key: string,
      { etag, bytes }: Expected,
      path: string,
      signal: AbortSignal,
    ): Promise<void> {
      try {
        if (etag === null || bytes === null || bytes <= rangeBytes) {
          await fetchTo({ path, flags: 'w' }, { bucket, key, etag, bytes }, signal);
          return;
        }
        await (await open(path, 'w')).close();
        await atOnce(connections, rangesOf(bytes), signal, (range, either) =>
          fetchTo(
            { path, flags: 'r+', start: range.start },
            { bucket, key, etag, range, bytes: range.end - range.start + 1 },
            either,
          ),
        );
      } catch (error) {
        // 404 may also mean that the bucket is gone, and of some stores that the key for it is.
        const isGone = error instanceof S3ServiceException && error.name === 'NoSuchKey';
        if (isGone || httpStatus(error) === 412) {
          const message = 'The uploaded file is gone or was replaced.';
          throw new MillraceError('source_missing', message, { cause: error });
        }
        throw error;
      }
    },

    /** Adds an object's bytes to the end of a file, which need not be there yet. */
    async append(bucket: B, key: string, path: string, signal: AbortSignal): Promise<void> {
      await fetchTo({ path, flags: 'a' }, { bucket, key, etag: null, bytes: null }, signal);
    },
  };
}

/** What S3 answered, when it did. */
export function httpStatus(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/**
 * Whether the store ended a reply before all of it was there, which Node.js says of the reply alone and not of a file.
 */
function isBrokenOff({ name, code }: Error & { code?: string }): boolean {
  return name === 'TimeoutError' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Both ends belong to a range, as HTTP counts. */
function rangesOf(bytes: number): Range[] {
  return Array.from({ length: Math.ceil(bytes / rangeBytes) }, (_, n) => ({
    start: n * rangeBytes,
    end: Math.min(bytes, (n + 1) * rangeBytes) - 1,
  }));
}
