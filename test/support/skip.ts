/** Skips the running test, or in a `before` every test of its suite, and says why: the report shows it. */
export function skip(context: Mocha.Context, reason: string): never {
  const { test, currentTest } = context;
  const isBefore = test?.title.startsWith('"before all"');
  Object.assign((isBefore ? test?.parent : (currentTest ?? test)) ?? {}, { skipReason: reason });
  return context.skip();
}
