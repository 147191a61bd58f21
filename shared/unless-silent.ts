import { MillraceError } from './errors.ts';

/** The last: what was under way when another connection found that nothing is answered. */
const silentDatabase =
  /^(Mongo(ose)?ServerSelectionError|MongoNetwork(Timeout)?Error|(Mongo)?PoolCleared(OnNetwork)?Error)$/;
/** As Node.js names what became of a connection. */
const lostConnection = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/;
/** As Node.js names that a disk is full, may not be written to, or is broken. */
const brokenDisk = /^(ENOSPC|EDQUOT|EROFS|EACCES|EIO)$/;
/** What Redis says while it takes no writes: it is full, a replica, loading, or cannot write its own file. */
const refusingRedis = /^(OOM|READONLY|LOADING|MISCONF|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|EXECABORT)\b/;
/** Of a 404: any other name is of a bucket or a key that is not known. */
const missingObject = /^(NoSuchKey|NotFound|NoSuchUpload)$/;
/**
 * What a store says of too many requests, and (S3 with 400 and 409) of one that came slowly or at the same time as
 * another.
 */
const laterAtStore =
  /^(RequestTimeout|OperationAborted|ConditionalRequestConflict|SlowDown|TooManyRequests)$/;
/** MongoDB's MaxTimeMSExpired: a query took longer than it may. */
const maxTimeExpired = 50;
/**
 * Who was asked leads its replica set no longer, shuts down, or does not reach the others: NotWritablePrimary,
 * PrimarySteppedDown and the others for which drivers ask once more by themselves.
 */
const leadsNoLonger = new Set<unknown>([
  6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);
/** Unauthorized, AuthenticationFailed, LockTimeout, WriteConcernTimeout, OutOfDiskSpace: time helps, or who runs it. */
const refusesForNow = new Set<unknown>([13, 18, 24, 64, 14031]);
/** As the driver names a refusal: of one write, of what was written and may be lost again, of many writes. */
const refusalOfDatabase = /^Mongo(Server|WriteConcern|BulkWrite)Error$/;

/** Whether this is what Redis says where it takes no writes. */
export function refusesWrites(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'ReplyError' && refusingRedis.test(thrown.message);
}

/** Whether what was thrown has to do with a server that has not answered, or a disk that fails: the work can wait. */
export function isUnavailable(thrown: unknown): boolean {
  const error = unlessSilent(thrown);
  return error instanceof MillraceError && error.code === 'unavailable';
}

type Told = Error & { code?: unknown; errorResponse?: unknown; $metadata?: { httpStatusCode?: number } };

/**
 * What was thrown; `unavailable` where a server has not answered, or a disk fails: that is no bug, and the caller may
 * try again.
 */
export function unlessSilent(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (thrown instanceof AggregateError) {
    const silent = thrown.errors.map(unlessSilent).find((one) => one instanceof MillraceError);
    if (silent) return silent;
  }
  const { name, message, code, errorResponse, $metadata } = thrown as Told;
  // Whatever ends many writes, a lost connection too, the driver throws as if it were the server's reply.
  if (name === 'MongoBulkWriteError' && errorResponse instanceof Error) {
    const silent = unlessSilent(errorResponse);
    return silent instanceof MillraceError ? silent : thrown;
  }
  const because = (sentence: string) => new MillraceError('unavailable', sentence, { cause: thrown });
  // Mongoose waits by itself for a connection that is lost, and says so in no other way.
  const isLost = name === 'MongooseError' && message.includes('buffering timed out');
  if (isLost || silentDatabase.test(name)) return because('The database does not answer.');
  const isRefused = refusalOfDatabase.test(name);
  if (isRefused && code === maxTimeExpired) return because('The database took too long.');
  if (isRefused && leadsNoLonger.has(code)) return because('The database has no leader.');
  if (isRefused && refusesForNow.has(code)) return because('The database refuses it at the moment.');
  if (refusesWrites(thrown)) return because('Redis takes nothing at the moment.');
  if (brokenDisk.test(String(code))) return because('The disk cannot be written to.');
  // The S3 client puts this on whatever it throws, also what went wrong with a file of ours.
  if ($metadata === undefined) return thrown;
  const isSilent = name === 'TimeoutError' || lostConnection.test(String(code));
  const status = $metadata.httpStatusCode ?? 0;
  const isBusy = [408, 429].includes(status) || laterAtStore.test(name);
  if (isSilent || isBusy || status >= 500) return because('The store of files does not answer.');
  // A key that was replaced, a clock that is wrong, a bucket that was removed: whoever runs the servers has to act.
  const isClosed = status === 401 || status === 403 || (status === 404 && !missingObject.test(name));
  return isClosed ? because('The store of files lets nobody in.') : thrown;
}
