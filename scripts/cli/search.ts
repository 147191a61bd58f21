import { type Command, misfit, type Run } from './command.ts';

/** What search knows is made of the records of videos, and repairs itself; this does it at once. */
export const search: Command = {
  usage: ['search reindex                 writes anew what search knows of every video'],

  parse(words) {
    if (words.join(' ') === 'reindex') return reindex;
    throw misfit(['search', ...words], search.usage);
  },
};

const reindex: Run = async ({ db }) => {
  await db.search.countTerms();
  await db.search.choosePairs();
  const count = await db.search.markAll();
  while ((await db.search.indexStale()) > 0);
  await db.search.countTerms();
  return `${count} videos were looked at; search knows those that everyone may see.`;
};
