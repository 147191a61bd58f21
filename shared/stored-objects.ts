import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';

type StoredObject = { key: string; bytes: number; modifiedAt: Date };
type Page = { objects: StoredObject[]; isLast: boolean };
type OpenUpload = { key: string; uploadId: string; startedAt: Date };

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

    /**
     * Uploads in several parts that were neither completed nor aborted. It goes on by keys alone, as versitygw refuses
     * its own marker of an upload: of a key with several, those on the next page are found when the others have ended.
     */
    async openUploads(bucket: B): Promise<OpenUpload[]> {
      const found: OpenUpload[] = [];
      for (let KeyMarker: string | undefined = ''; KeyMarker !== undefined; ) {
        const command = new ListMultipartUploadsCommand({ Bucket: names[bucket], KeyMarker });
        const page: ListMultipartUploadsCommandOutput = await client.send(command);
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Key && UploadId)
            found.push({ key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date() });
        }
        KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      }
      return found;
    },

    /** Ends such an upload; its parts are gone. */
    async abortUpload(bucket: B, { key, uploadId }: Pick<OpenUpload, 'key' | 'uploadId'>): Promise<void> {
      const upload = { Bucket: names[bucket], Key: key, UploadId: uploadId };
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}
