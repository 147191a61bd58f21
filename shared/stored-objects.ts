import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';

export type StoredObject = { key: string; bytes: number; modifiedAt: Date };
type Page = { objects: StoredObject[]; isLast: boolean };
export type OpenUpload = { key: string; uploadId: string; startedAt: Date };

/** The verbs for what is stored: finding it, and removing much of it. `names` tells each bucket's own name. */
export function storedObjects<B extends string>(client: S3Client, names: Record<B, string>) {
  /** At most a thousand objects in the order of their keys, those after `after`. */
  async function page(bucket: B, prefix: string, after?: string): Promise<Page> {
    const command = new ListObjectsV2Command({ Bucket: names[bucket], Prefix: prefix, StartAfter: after });
    const { Contents = [], IsTruncated = false } = await client.send(command);
    const objects = Contents.flatMap(({ Key, Size, LastModified }) =>
      Key ? [{ key: Key, bytes: Size ?? 0, modifiedAt: LastModified ?? new Date() }] : [],
    );
    return { objects, isLast: !IsTruncated };
  }

  async function removeKeys(bucket: B, keys: string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += 1000) {
      const Objects = keys.slice(at, at + 1000).map((Key) => ({ Key }));
      const Delete = { Objects, Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: names[bucket], Delete }));
      const [first] = Errors;
      if (first) throw new Error(`${Errors.length} objects were not removed: ${first.Key}: ${first.Message}`);
    }
  }

  return {
    page,
    removeKeys,

    /** Every object under a prefix, with its size. */
    async list(bucket: B, prefix: string): Promise<StoredObject[]> {
      const found: StoredObject[] = [];
      for (;;) {
        const { objects, isLast } = await page(bucket, prefix, found.at(-1)?.key);
        found.push(...objects);
        if (isLast) return found;
      }
    },

    /** Removes every object under a prefix, and tells how many there were. @throws Error for an empty prefix */
    async removeAll(bucket: B, prefix: string): Promise<number> {
      // It would be the whole bucket, and whoever asks for that has a record without a key.
      if (prefix === '') throw new Error('An empty prefix names every object.');
      const objects = await this.list(bucket, prefix);
      const keys = objects.map(({ key }) => key);
      await removeKeys(bucket, keys);
      return keys.length;
    },

    /** Uploads in several parts that were neither completed nor aborted, at most a thousand. */
    async openUploads(bucket: B): Promise<OpenUpload[]> {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: names[bucket] }));
      return Uploads.flatMap(({ Key, UploadId, Initiated }) =>
        Key && UploadId ? [{ key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date() }] : [],
      );
    },

    /** Ends such an upload; its parts are gone. */
    async abortUpload(bucket: B, { key, uploadId }: Pick<OpenUpload, 'key' | 'uploadId'>): Promise<void> {
      const upload = { Bucket: names[bucket], Key: key, UploadId: uploadId };
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}
