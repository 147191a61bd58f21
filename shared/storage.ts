import { createReadStream } from 'node:fs';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { HttpRequest } from '@smithy/core/protocols';
import type { Config } from './config.ts';
import { downloads, httpStatus } from './downloads.ts';
import { spendBuffers } from './spent-buffers.ts';
import { storedObjects } from './stored-objects.ts';

export const buckets = ['raw', 'processed', 'thumbnails'] as const;
export type Bucket = (typeof buckets)[number];
type ObjectFacts = { bytes: number; etag: string };
export type PresignedPut = { url: string; headers: Record<string, string> };
export type Storage = ReturnType<typeof createStorage>;

const yearOfCaching = 'public, max-age=31536000, immutable';

/**
 * How long a store may say nothing, in milliseconds, and how often it is asked. Somebody waits for the api, which asks
 * for little; what workers bring and fetch is large.
 */
const patience = {
  api: { connectionTimeout: 2000, socketTimeout: 5000, attempts: 3 },
  worker: { connectionTimeout: 5000, socketTimeout: 30_000, attempts: 5 },
} as const;

/** The S3 verbs that Millrace uses. Internal calls go to S3_ENDPOINT; addresses for clients name S3_PUBLIC_ENDPOINT. */
export function createStorage(config: Config, process: keyof typeof patience) {
  const names: Record<Bucket, string> = {
    raw: config.S3_BUCKET_RAW,
    processed: config.S3_BUCKET_PROCESSED,
    thumbnails: config.S3_BUCKET_THUMBNAILS,
  };
  const publicEndpoint = new URL(config.S3_PUBLIC_ENDPOINT ?? config.S3_ENDPOINT);
  const client = createClient(config, config.S3_ENDPOINT, patience[process]);
  const publicClient = createClient(config, publicEndpoint.href, patience[process]);
  const presigner = new S3RequestPresigner({ ...publicClient.config });

  return {
    ...storedObjects(client, names),
    ...downloads(client, names),

    /** Makes the buckets that are missing; safe when several processes do it at once. */
    async ensureBuckets(): Promise<void> {
      for (const Bucket of Object.values(names)) {
        try {
          await client.send(new HeadBucketCommand({ Bucket }));
        } catch (error) {
          if (!isMissing(error)) throw refused(Bucket, error);
          await client.send(new CreateBucketCommand({ Bucket })).catch(unlessNamed('BucketAlready'));
        }
      }
    },

    async ping(signal?: AbortSignal): Promise<void> {
      await client.send(new HeadBucketCommand({ Bucket: names.raw }), signal ? { abortSignal: signal } : {});
    },

    /** The object's size and etag (without quotes), or undefined when there is none. */
    async head(bucket: Bucket, key: string): Promise<ObjectFacts | undefined> {
      try {
        const found = await client.send(new HeadObjectCommand({ Bucket: names[bucket], Key: key }));
        return { bytes: found.ContentLength ?? 0, etag: unquoted(found.ETag) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async put(bucket: Bucket, key: string, body: Buffer | string, contentType: string): Promise<void> {
      await client.send(
        new PutObjectCommand({
          Bucket: names[bucket],
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: yearOfCaching,
        }),
      );
    },

    /** Stores the bytes [start, start + bytes) of a file. Memory stays at one part (5 MiB) whatever the size. */
    async putFileRange(
      bucket: Bucket,
      key: string,
      file: { path: string; start: number; bytes: number },
      contentType: string,
    ): Promise<void> {
      await new Upload({
        client,
        params: {
          Bucket: names[bucket],
          Key: key,
          Body: createReadStream(file.path, { start: file.start, end: file.start + file.bytes - 1 }),
          ContentType: contentType,
          CacheControl: yearOfCaching,
        },
      }).done();
      spendBuffers(file.bytes);
    },

    async remove(bucket: Bucket, key: string): Promise<void> {
      await client.send(new DeleteObjectCommand({ Bucket: names[bucket], Key: key }));
    },

    /**
     * A ticket for one PUT of exactly `bytes` bytes of `contentType` to a key that holds nothing yet. S3 refuses
     * every other length, type or a second PUT. The returned headers must be sent as they are.
     */
    async presignPut(
      bucket: Bucket,
      key: string,
      bytes: number,
      contentType: string,
      seconds: number,
    ): Promise<PresignedPut> {
      const command = new PutObjectCommand({
        Bucket: names[bucket],
        Key: key,
        ContentLength: bytes,
        ContentType: contentType,
        IfNoneMatch: '*',
      });
      const url = await getSignedUrl(publicClient, command, {
        expiresIn: seconds,
        signableHeaders: new Set(['host', 'content-length', 'content-type', 'if-none-match']),
        // Otherwise the precondition would be hoisted into the query, where S3 does not look for it.
        unhoistableHeaders: new Set(['if-none-match']),
      });
      return {
        url,
        headers: { 'Content-Length': String(bytes), 'Content-Type': contentType, 'If-None-Match': '*' },
      };
    },

    /**
     * An address that lets anyone GET one object for `seconds`. Uses the signer alone, without the SDK's
     * middleware, because a playlist holds a thousand of them.
     */
    async presignGet(bucket: Bucket, key: string, seconds: number): Promise<string> {
      const signed = await presigner.presign(
        new HttpRequest({
          method: 'GET',
          protocol: publicEndpoint.protocol,
          hostname: publicEndpoint.hostname,
          ...(publicEndpoint.port ? { port: Number(publicEndpoint.port) } : {}),
          path: `${publicEndpoint.pathname.replace(/\/$/, '')}/${names[bucket]}/${key}`,
          headers: { host: publicEndpoint.host },
        }),
        { expiresIn: seconds },
      );
      const query = new URLSearchParams(signed.query as Record<string, string>);
      return `${publicEndpoint.origin}${signed.path}?${query}`;
    },

    close(): void {
      client.destroy();
      publicClient.destroy();
    },
  };
}

function createClient(
  config: Config,
  endpoint: string,
  { attempts, ...timeouts }: (typeof patience)[keyof typeof patience],
): S3Client {
  return new S3Client({
    endpoint,
    region: config.S3_REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: config.S3_ACCESS_KEY_ID, secretAccessKey: config.S3_SECRET_ACCESS_KEY },
    // Else the SDK signs the checksum of an empty body into every ticket, and some stores then refuse the bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: attempts,
    requestHandler: timeouts,
  });
}

function isMissing(error: unknown): boolean {
  return httpStatus(error) === 404;
}

/** The reply to HEAD has no words: the client says `UnknownError`. */
function refused(bucket: string, error: unknown): unknown {
  const status = httpStatus(error);
  if (status === undefined) return error;
  const hint =
    status === 403
      ? 'are S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY right, and the clock here?'
      : 'are S3_REGION and the name of the bucket right?';
  return new Error(`it answers ${status} for the bucket ${bucket}; ${hint}`, { cause: error });
}

function unlessNamed(prefix: string) {
  return (error: unknown) => {
    if (!(error instanceof Error && error.name.startsWith(prefix))) throw error;
  };
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
