import { expect } from 'chai';
import { connectDb } from '../../shared/db/connect.ts';
import { newId } from '../../shared/ids.ts';
import { usualCategories } from '../../shared/usual-categories.ts';
import { sharedStack } from '../support/system.ts';

describe('the usual categories', () => {
  it('have a name in each language, and parents that there are', () => {
    const ids = usualCategories.map(({ _id }) => _id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { _id, parentId, names } of usualCategories) {
      expect(Object.keys(names), _id).to.have.length(13);
      for (const name of Object.values(names)) expect(name, _id).to.match(/^\S(.*\S)?$/);
      if (parentId !== null) expect(ids, _id).to.include(parentId);
    }
  });

  it('are what a new database begins with, once, however many processes start at once', async () => {
    const { env } = await sharedStack();
    const url = new URL(env.MONGO_URL ?? '');
    url.pathname = `/test-${newId().slice(0, 10)}`;
    const connected = await Promise.all([1, 2, 3, 4].map(() => connectDb(url.href)));
    try {
      for (const { categories } of connected) {
        const found = (await categories.all()).map(({ _id }) => _id);
        expect(found).to.have.members(usualCategories.map(({ _id }) => _id));
      }
      const [first] = connected;
      await first?.transaction((session) => first.categories.remove('food', session));
      const later = await connectDb(url.href);
      connected.push(later);
      expect(await later.categories.exists('food'), 'what was removed stays so').to.equal(false);
    } finally {
      for (const db of connected) await db.close();
    }
  });
});
