import { z } from 'zod';
import { language, pageOf, time } from './common.ts';

export const categoryId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and -')
  .meta({ description: 'A category', example: 'nature' });

const names = z
  .record(language, z.string().trim().min(1).max(100))
  .refine((given) => Object.keys(given).length > 0, 'must have a name in one language')
  .meta({ description: 'By language (ISO 639-1)', example: { en: 'Nature', de: 'Natur' } });

const parentId = categoryId.nullable().meta({ description: 'Of which it is a part; null: of none' });

const order = z
  .int()
  .min(0)
  .max(1_000_000)
  .meta({ description: 'Among those of one parent the lowest come first', example: 7 });

/** One as administrators keep it. */
export const category = z
  .object({
    categoryId,
    parentId,
    names,
    order,
    revision: z.int().meta({ description: 'Raised by each change; If-Match goes by it', example: 1 }),
  })
  .meta({ id: 'Category' });

export const newCategory = z
  .strictObject({ categoryId, parentId: parentId.default(null), names, order: order.default(0) })
  .meta({ id: 'NewCategory' });

/** What is not named stays. */
export const categoryChange = z
  .strictObject({ parentId: parentId.optional(), names: names.optional(), order: order.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must name something to change')
  .meta({ id: 'CategoryChange', minProperties: 1 });

export type CategoryBranch = {
  categoryId: string;
  name: string;
  language: string;
  videos: number;
  children: CategoryBranch[];
};

/** One as viewers see it, with all below it. */
const categoryBranch: z.ZodType<CategoryBranch> = z
  .object({
    categoryId,
    name: z.string().meta({ example: 'Nature' }),
    language: z.string().meta({ description: 'That the name is in', example: 'en' }),
    videos: z.int().meta({ description: 'That everyone may see, those of its children too', example: 204 }),
    children: z.array(z.lazy(() => categoryBranch)).meta({ example: [] }),
  })
  .meta({ id: 'CategoryBranch' });

export const categoryTree = pageOf(categoryBranch)
  .extend({
    countedAt: time.meta({ description: 'When the videos were counted' }),
  })
  .meta({ id: 'CategoryTree' });
