import { MillraceError } from './errors.ts';

const silentDatabase =
  /^(MongoServerSelectionError|MongoNetworkError|MongoNetworkTimeoutError|MongooseServerSelectionError)$/;
/** As Node.js names what became of a connection. */
const lostConnection = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/;
/** As Node.js names that a disk is full, may not be written to, or is broken. */
const brokenDisk = /^(ENOSPC|EDQUOT|EROFS|EACCES|EIO)$/;
/** What Redis says while it takes no writes: it is full, a replica, loading, or cannot write its own file. */
const refusingRedis = /^(OOM|READONLY|LOADING|MISCONF|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|EXECABORT)\b/;
/** MongoDB's MaxTimeMSExpired: a query took longer than it may. */
const maxTimeExpired = 50;

type Told = Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };

/**
 * What was thrown; `unavailable` where a server has not answered, or a disk fails: that is no bug, and the caller may try
 * again.
 */
export function unlessSilent(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, code, $metadata } = thrown as Told;
  const because = (sentence: string) => new MillraceError('unavailable', sentence, { cause: thrown });
  // Mongoose waits by itself for a connection that is lost, and says so in no other way.
  const isLost = name === 'MongooseError' && message.includes('buffering timed out');
  if (isLost || silentDatabase.test(name)) return because('The database does not answer.');
  if (name === 'MongoServerError' && code === maxTimeExpired) return because('The database took too long.');
  if (name === 'ReplyError' && refusingRedis.test(message))
    return because('Redis takes nothing at the moment.');
  if (brokenDisk.test(String(code))) return because('The disk cannot be written to.');
  // The S3 client puts this on whatever it throws, also what went wrong with a file of ours.
  if ($metadata === undefined) return thrown;
  const isSilent = name === 'TimeoutError' || lostConnection.test(String(code));
  const isBroken = ($metadata.httpStatusCode ?? 0) >= 500;
  return isSilent || isBroken ? because('The store of files does not answer.') : thrown;
}
