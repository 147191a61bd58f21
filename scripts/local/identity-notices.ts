/**
 * oidc-provider warns that it keeps its sessions in memory and that Node 20 is old, on the console. Both are as meant
 * in development, and stdout belongs to the addresses. Everything else that is printed meanwhile passes.
 */
export async function withoutNotices<T>(make: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  const isNotice = (text: unknown) => /oidc-provider (WARNING|NOTICE)/.test(String(text));
  console.warn = (...args) => isNotice(args[0]) || warn(...args);
  console.info = (...args) => isNotice(args[0]) || info(...args);
  try {
    return await make();
  } finally {
    Object.assign(console, { warn, info });
  }
}
