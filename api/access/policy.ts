import { type AccountStatus, type Role, roles, type Scope } from '../../shared/contracts/account.ts';
import type { Visibility } from '../../shared/contracts/videos.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { VideoState } from '../../shared/video-state.ts';

/** Who may do an action. What it is done to, if to anything, is asked in `decide`. */
export type Row = {
  /** Without an account. */
  anonymous: boolean;
  /** The roles of which one is needed, where it is done to something: to what is one's own. */
  roles: readonly Role[];
  /** The roles that may do it to what is somebody else's and can be seen. */
  others: readonly Role[];
  /** What an API key must have been given for it; null: not with an API key. */
  scope: Scope | null;
};

const everyone = roles;
const nobody: readonly Role[] = [];
const makers = ['creator', 'moderator', 'admin'] as const;
export const overseers: readonly Role[] = ['moderator', 'admin'];
const admins = ['admin'] as const;

/** The policy: every route declares one of these actions. */
export const policy = {
  /** Health, documentation and what else is the same for all. */
  'service.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'sign-in.use': { anonymous: true, roles: everyone, others: nobody, scope: null },
  /** Keys are made by people: one that leaks must not make others. */
  'api-key.manage': { anonymous: false, roles: everyone, others: nobody, scope: null },
  'session.list': { anonymous: false, roles: everyone, others: nobody, scope: null },
  'session.end': { anonymous: false, roles: everyone, others: nobody, scope: null },
  'account.password': { anonymous: false, roles: everyone, others: nobody, scope: null },
  'account.read': { anonymous: false, roles: everyone, others: nobody, scope: 'read' },

  'account.change': { anonymous: false, roles: everyone, others: nobody, scope: null },
  'account.close': { anonymous: false, roles: everyone, others: nobody, scope: null },

  'user.read': { anonymous: false, roles: admins, others: admins, scope: 'admin' },
  'user.change': { anonymous: false, roles: admins, others: admins, scope: 'admin' },
  'audit.read': { anonymous: false, roles: admins, others: admins, scope: 'admin' },

  'upload.create': { anonymous: false, roles: makers, others: nobody, scope: 'upload' },
  'upload.read': { anonymous: false, roles: everyone, others: nobody, scope: 'upload' },
  'upload.end': { anonymous: false, roles: everyone, others: nobody, scope: 'upload' },

  'video.list': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'video.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'video.view': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'video.change': { anonymous: false, roles: everyone, others: overseers, scope: 'manage' },
  'video.delete': { anonymous: false, roles: everyone, others: overseers, scope: 'manage' },

  'video.comment': { anonymous: false, roles: everyone, others: everyone, scope: 'manage' },
  'video.like': { anonymous: false, roles: everyone, others: everyone, scope: 'manage' },
  'video.report': { anonymous: false, roles: everyone, others: everyone, scope: 'manage' },
  'video.measure': { anonymous: false, roles: everyone, others: overseers, scope: 'read' },
  /** Who has changed what: for moderators alone. */
  'video.history': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },
  'video.take-down': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },

  'comment.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'comment.change': { anonymous: false, roles: everyone, others: nobody, scope: 'manage' },
  'comment.delete': { anonymous: false, roles: everyone, others: overseers, scope: 'manage' },
  'comment.report': { anonymous: false, roles: everyone, others: everyone, scope: 'manage' },
  'comment.hide': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },
  'report.read': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },
  'report.resolve': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },

  'person.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'person.create': { anonymous: false, roles: makers, others: nobody, scope: 'manage' },
  'person.change': { anonymous: false, roles: makers, others: overseers, scope: 'manage' },
  'person.merge': { anonymous: false, roles: overseers, others: overseers, scope: 'manage' },

  'category.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'category.change': { anonymous: false, roles: admins, others: admins, scope: 'admin' },
  'search.use': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },
  'trending.read': { anonymous: true, roles: everyone, others: everyone, scope: 'read' },

  'queue.oversee': { anonymous: false, roles: admins, others: admins, scope: null },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof policy;

/** As much of an account as the policy asks for. */
export type Actor = { _id: string; roles: readonly Role[] };

/**
 * What an action is done to. A thing without a visibility is seen by its owner and by the row's `others`. `ownerStatus`
 * is that of its owner's account; null, or not there, is active.
 */
export type Thing = {
  ownerId: string;
  ownerStatus?: AccountStatus | null;
  visibility?: Visibility;
  state?: string;
  /** Before that it is seen as if it were private. */
  publishedAt?: Date;
  /** Set: hidden by moderators. */
  takenDown?: object | null;
};

export type Decision = 'allowed' | 'sign_in' | 'forbidden' | 'hidden';

/** What one may not see is hidden; what one may see but not do is forbidden. Pure. */
export function decide(action: Action, actor: Actor | undefined, thing?: Thing, now = Date.now()): Decision {
  const row: Row = policy[action];
  if (thing && !sees(row, actor, thing, now)) return 'hidden';
  if (!actor) return row.anonymous ? 'allowed' : 'sign_in';
  if (!hasOne(actor, row.roles)) return 'forbidden';
  if (!thing || thing.ownerId === actor._id) return 'allowed';
  return hasOne(actor, row.others) ? 'allowed' : 'forbidden';
}

const unseenStates: readonly string[] = ['draft'] satisfies VideoState[];

/**
 * Public and unlisted things are seen by all, once there is something to see and their time has come; others, and what
 * was taken down, by their owner and overseers. Those of a suspended account are seen by overseers alone, and those of
 * one that is being deleted by nobody.
 */
function sees(row: Row, actor: Actor | undefined, thing: Thing, now: number): boolean {
  const { ownerId, ownerStatus, visibility, state, publishedAt, takenDown } = thing;
  if (state === 'deleted' || ownerStatus === 'closing' || ownerStatus === 'closed') return false;
  if (actor?._id === ownerId) return true;
  if (visibility === undefined) return hasOne(actor, row.others);
  if (hasOne(actor, overseers)) return true;
  if (ownerStatus === 'suspended' || takenDown) return false;
  if (publishedAt && publishedAt.getTime() > now) return false;
  return visibility !== 'private' && !unseenStates.includes(state ?? '');
}

/**
 * Whether somebody does it as an overseer: to what is somebody else's, or because nobody but overseers may do it at
 * all. Pure.
 */
export function oversees(action: Action, actor: Actor, thing?: Thing): boolean {
  const row: Row = policy[action];
  const isTheirs = (allowed: readonly Role[]) => allowed.every((role) => overseers.includes(role));
  if (isTheirs(row.roles)) return true;
  return thing !== undefined && thing.ownerId !== actor._id && isTheirs(row.others);
}

function hasOne(actor: Actor | undefined, wanted: readonly Role[]): boolean {
  return actor?.roles.some((role) => wanted.includes(role)) ?? false;
}

/** Whether somebody may do an action at all, before it is known what to. @throws MillraceError */
export function admit(action: Action, actor: Actor | undefined): void {
  refuse(action, decide(action, actor));
}

/** The thing, if the action may be done to it. @throws MillraceError not_found, not_signed_in, forbidden */
export function permit<T extends Thing>(action: Action, actor: Actor | undefined, thing: T | null): T {
  refuse(action, thing ? decide(action, actor, thing) : 'hidden');
  return thing as T;
}

function refuse(action: Action, decision: Decision): void {
  const [kind] = action.split('.');
  if (decision === 'hidden') throw new MillraceError('not_found', `There is no such ${kind}.`);
  if (decision === 'sign_in') {
    throw new MillraceError('not_signed_in', 'This needs a signed-in account.');
  }
  if (decision === 'forbidden') {
    throw new MillraceError('forbidden', 'Your account may not do this.');
  }
}
