/** As much of a ticket as sending needs. */
export type SendTicket = { url: string; method: string; headers: Record<string, string> };

/**
 * PUTs bytes to where their ticket says: a File in a browser, in Node also what `openAsBlob` gives.
 * @throws Error with what the store answered, when it refuses.
 */
export async function sendBlob(
  { url, method, headers }: SendTicket,
  blob: Blob,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const response = await fetch(url, { method, headers, body: blob, ...options });
  if (response.ok) return;
  throw new Error(`The store answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
}
