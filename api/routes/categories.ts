import { z } from 'zod';
import {
  categoryChange,
  category as categoryContract,
  categoryId,
  categoryTree,
  newCategory,
} from '../../shared/contracts/categories.ts';
import { language } from '../../shared/contracts/common.ts';
import type { DbSession } from '../../shared/db/connect.ts';
import { MillraceError } from '../../shared/errors.ts';
import type { ApiContext } from '../context.ts';
import { changedMeanwhile, expectedRevision } from '../if-match.ts';
import { unknownCategory } from '../known-category.ts';
import { misfit } from '../misfit.ts';
import { presentCategory, presentTree } from '../present-category.ts';
import { route } from '../route.ts';

const tag = 'Categories';
const path = '/api/categories';
const params = z.strictObject({ categoryId });
const daySeconds = 24 * 3600;
const one = { description: 'The category', schema: categoryContract };

export const categoryRoutes = [
  route({
    method: 'get',
    path,
    tag,
    summary: 'What videos are about, as a tree, and how many there are of each',
    description:
      'Caches may keep it for a day, and ask again with its ETag. Videos are counted every five minutes. A name that ' +
      'there is not in `language` is in English, else in any that there is.',
    action: 'category.read',
    hotSeconds: 0,
    query: z.strictObject({
      language: language.default('en').meta({ description: 'That the names are to be in' }),
    }),
    replies: { 200: { description: 'The whole tree', schema: categoryTree } },
    errors: [],
    async handle({ query, context: { db } }) {
      const [categories, { at, byCategory }] = await Promise.all([
        db.categories.all(),
        db.categoryCounts.read(),
      ]);
      return {
        status: 200,
        body: {
          items: presentTree(categories, byCategory, query.language),
          nextCursor: null,
          countedAt: at.toISOString(),
        },
        headers: { 'Cache-Control': `public, max-age=${daySeconds}` },
      };
    },
  }),

  route({
    method: 'get',
    path: `${path}/:categoryId`,
    tag,
    summary: 'One category with its names in all languages',
    action: 'category.read',
    params,
    replies: { 200: one },
    errors: ['unknown_category'],
    async handle({ params, context: { db } }) {
      const found = await db.categories.find(params.categoryId);
      if (!found) throw unknownCategory(params.categoryId);
      return { status: 200, body: presentCategory(found), revision: found.revision };
    },
  }),

  route({
    method: 'post',
    path,
    tag,
    summary: 'Add a category',
    action: 'category.change',
    body: newCategory,
    replies: { 201: one },
    errors: ['category_exists'],
    async handle({ body, audit, context }) {
      const { categoryId: _id, ...about } = body;
      const made = await changeTree(context, async (session) => {
        await holdLine(context, about.parentId, session);
        const made = await context.db.categories.create({ _id, ...about }, session);
        if (!made) throw new MillraceError('category_exists', `There is a category ${_id} already.`);
        await audit(session, { categoryId: _id });
        return made;
      });
      return {
        status: 201,
        body: presentCategory(made),
        revision: made.revision,
        headers: { Location: `${path}/${_id}` },
      };
    },
  }),

  route({
    method: 'patch',
    path: `${path}/:categoryId`,
    tag,
    summary: 'Give a category other names or another place',
    description: 'Send the `ETag` that `GET` gave as `If-Match`. `names` replaces all names.',
    action: 'category.change',
    params,
    body: categoryChange,
    ifMatch: true,
    replies: { 200: { description: 'The category as it is now', schema: categoryContract } },
    errors: ['unknown_category'],
    async handle({ params, body, audit, header, context }) {
      const { categories } = context.db;
      const found = await categories.find(params.categoryId);
      if (!found) throw unknownCategory(params.categoryId);
      const revision = expectedRevision(header('If-Match'), found.revision);
      const changed = await changeTree(context, async (session) => {
        const line = await holdLine(context, body.parentId ?? null, session);
        if (line.includes(found._id)) {
          throw misfit('/parentId', 'must be neither the category itself nor one below it');
        }
        const after = await categories.change(found._id, revision, body, session);
        if (!after) throw changedMeanwhile();
        await audit(session);
        return after;
      });
      return { status: 200, body: presentCategory(changed), revision: changed.revision };
    },
  }),

  route({
    method: 'delete',
    path: `${path}/:categoryId`,
    tag,
    summary: 'Remove a category that no video and no other category is in',
    action: 'category.change',
    params,
    replies: { 204: { description: 'Removed' } },
    errors: ['unknown_category', 'category_in_use'],
    async handle({ params, audit, context }) {
      const { categories } = context.db;
      await changeTree(context, async (session) => {
        const users = await categories.usedBy(params.categoryId, session);
        if (users) throw new MillraceError('category_in_use', `There are ${users} in it; move them first.`);
        if (!(await categories.remove(params.categoryId, session))) throw unknownCategory(params.categoryId);
        await audit(session);
      });
      return { status: 204 };
    },
  }),
];

/** All of a change or nothing; from then on this process sees it. */
async function changeTree<T>({ db }: ApiContext, work: (session: DbSession) => Promise<T>): Promise<T> {
  const result = await db.transaction(work);
  db.categories.renew();
  return result;
}

/** The parent that is asked for and all above it, until the transaction ends as they are. @throws MillraceError */
async function holdLine({ db }: ApiContext, parentId: string | null, session: DbSession): Promise<string[]> {
  if (parentId === null) return [];
  const line = await db.categories.lineage(parentId, session);
  if (!line) throw misfit('/parentId', `must be a category that there is; ${parentId} is none`);
  return line;
}
