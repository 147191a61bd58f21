import type { z } from 'zod';
import type { CategoryBranch, category } from '../shared/contracts/categories.ts';
import type { Category } from '../shared/db/categories.ts';

export function presentCategory(record: Category): z.infer<typeof category> {
  const { _id, parentId, names, order, revision } = record;
  return { categoryId: _id, parentId, names, order, revision };
}

/**
 * Categories as a tree, with their names in a language, else in English, else in any. Those of one parent stand by
 * their order, and where that is the same by name. A category's videos are those that name it and those of all below
 * it. Pure.
 */
export function presentTree(
  categories: readonly Category[],
  counts: Readonly<Record<string, number>>,
  asked: string,
): CategoryBranch[] {
  const collator = new Intl.Collator([asked, 'en']);
  const below = (parent: string | null): CategoryBranch[] =>
    categories
      .filter(({ parentId }) => parentId === parent)
      .map((record) => ({ order: record.order, branch: branchOf(record) }))
      .sort((a, b) => a.order - b.order || collator.compare(a.branch.name, b.branch.name))
      .map(({ branch }) => branch);
  const branchOf = ({ _id, names }: Category): CategoryBranch => {
    const children = below(_id);
    // A category may be called as what every object has.
    const own = Object.hasOwn(counts, _id) ? (counts[_id] ?? 0) : 0;
    const videos = children.reduce((sum, child) => sum + child.videos, own);
    return { categoryId: _id, ...nameIn(names, asked), videos, children };
  };
  return below(null);
}

function nameIn(names: Readonly<Record<string, string>>, asked: string): { name: string; language: string } {
  const language = [asked, 'en', ...Object.keys(names)].find((one) => names[one] !== undefined) ?? asked;
  return { name: names[language] ?? '', language };
}
