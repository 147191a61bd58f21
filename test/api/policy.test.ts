import { expect } from 'chai';
import {
  type Action,
  type Actor,
  type Decision,
  decide,
  oversees,
  policy,
  type Thing,
} from '../../api/access/policy.ts';
import { apiRoutes } from '../../api/app.ts';
import { type AccountStatus, roles } from '../../shared/contracts/account.ts';
import { type Visibility, visibilities } from '../../shared/contracts/videos.ts';
import { videoStates } from '../../shared/video-state.ts';

const owner: Actor = { _id: 'owner', roles: ['creator'] };
const other = (role: (typeof roles)[number]): Actor => ({ _id: 'other', roles: [role] });
const video = (about: Partial<Thing> = {}): Thing => ({
  ownerId: 'owner',
  visibility: 'public',
  state: 'ready',
  ...about,
});

describe('the policy', () => {
  it('has a row for every route, and no row that no route needs', () => {
    const used = new Set<string>(apiRoutes.map(({ action }) => action));
    // The dashboard is no route of the api.
    used.add('queue.oversee');
    expect([...used].sort()).to.deep.equal(Object.keys(policy).sort());
  });

  it('lets nobody act on what is deleted', () => {
    for (const action of Object.keys(policy) as Action[]) {
      for (const actor of [undefined, owner, ...roles.map(other)]) {
        expect(decide(action, actor, video({ state: 'deleted' })), action).to.equal('hidden');
      }
    }
  });

  it('shows a video by its visibility and state', () => {
    const seen: Record<string, string> = {};
    for (const visibility of visibilities) {
      for (const state of videoStates) {
        const decisions = [
          undefined,
          other('viewer'),
          other('creator'),
          owner,
          other('moderator'),
          other('admin'),
        ]
          .map((actor) => decide('video.read', actor, video({ visibility, state })))
          .map((decision) => ({ allowed: 'y', hidden: '-' })[decision as string] ?? decision);
        seen[`${visibility} ${state}`] = decisions.join('');
      }
    }
    const shown = ['uploaded', 'probing', 'encoding', 'publishing', 'ready', 'failed'];
    expect(seen).to.deep.equal({
      ...Object.fromEntries(
        shown.flatMap((state) => [
          [`public ${state}`, 'yyyyyy'],
          [`unlisted ${state}`, 'yyyyyy'],
          [`private ${state}`, '---yyy'],
        ]),
      ),
      ...Object.fromEntries(
        visibilities.flatMap((visibility) => [
          [`${visibility} draft`, '---yyy'],
          [`${visibility} deleted`, '------'],
        ]),
      ),
    });
  });

  it('lets a video be changed by its owner and by those who oversee', () => {
    const tried = (actor: Actor | undefined, about = {}): Decision =>
      decide('video.change', actor, video(about));
    expect(tried(undefined)).to.equal('sign_in');
    expect(tried(undefined, { visibility: 'private' })).to.equal('hidden');
    expect(tried(other('viewer'))).to.equal('forbidden');
    expect(tried(other('creator'))).to.equal('forbidden');
    expect(tried(other('creator'), { visibility: 'private' })).to.equal('hidden');
    for (const actor of [owner, other('moderator'), other('admin')]) expect(tried(actor)).to.equal('allowed');
  });

  it('hides what belongs to a suspended account from all but overseers, and to one being deleted from all', () => {
    const actors = [undefined, other('viewer'), other('creator'), owner, other('moderator'), other('admin')];
    const seenBy = (ownerStatus: AccountStatus | null, visibility: Visibility) =>
      actors
        .map((actor) => decide('video.read', actor, video({ ownerStatus, visibility })))
        .map((decision) => (decision === 'allowed' ? 'y' : '-'))
        .join('');
    for (const visibility of ['public', 'unlisted'] as const) {
      expect(seenBy(null, visibility)).to.equal('yyyyyy');
      expect(seenBy('active', visibility)).to.equal('yyyyyy');
      expect(seenBy('suspended', visibility)).to.equal('---yyy');
      expect(seenBy('closing', visibility)).to.equal('------');
      expect(seenBy('closed', visibility)).to.equal('------');
    }
    expect(seenBy('suspended', 'private')).to.equal('---yyy');
  });

  it('hides what was taken down, or is to come, from all but its owner and overseers', () => {
    const actors = [undefined, other('viewer'), other('creator'), owner, other('moderator'), other('admin')];
    const seenBy = (about: Partial<Thing>) =>
      actors.map((actor) => (decide('video.read', actor, video(about)) === 'allowed' ? 'y' : '-')).join('');
    for (const visibility of ['public', 'unlisted'] as const) {
      expect(seenBy({ visibility, takenDown: {} })).to.equal('---yyy');
      expect(seenBy({ visibility, publishedAt: new Date(Date.now() + 60_000) })).to.equal('---yyy');
      expect(seenBy({ visibility, publishedAt: new Date(Date.now() - 60_000) })).to.equal('yyyyyy');
    }
  });

  it('knows what is done as an overseer', () => {
    const admin = other('admin');
    expect(oversees('video.change', admin, video())).to.equal(true);
    expect(oversees('video.change', other('moderator'), video())).to.equal(true);
    expect(oversees('video.change', owner, video()), 'one’s own').to.equal(false);
    expect(oversees('video.view', admin, video()), 'what everybody may').to.equal(false);
    expect(oversees('upload.create', admin), 'what is nobody else’s').to.equal(false);
    expect(oversees('user.change', admin, { ownerId: admin._id }), 'their own roles').to.equal(true);
    expect(oversees('queue.oversee', admin)).to.equal(true);
  });

  it('lets creators upload, and nobody see the uploads of others', () => {
    expect(decide('upload.create', undefined)).to.equal('sign_in');
    expect(decide('upload.create', other('viewer'))).to.equal('forbidden');
    expect(decide('upload.create', other('creator'))).to.equal('allowed');
    for (const role of roles)
      expect(decide('upload.read', other(role), { ownerId: 'owner' })).to.equal('hidden');
    expect(decide('upload.read', owner, { ownerId: 'owner' })).to.equal('allowed');
  });
});
