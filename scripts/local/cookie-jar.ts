/** As much of a browser's cookies as signing in needs: kept per origin, forgotten when the server says so. */
export class CookieJar {
  #origins = new Map<string, Map<string, string>>();

  store(url: URL, response: Response): void {
    const cookies = this.#origins.get(url.origin) ?? new Map<string, string>();
    this.#origins.set(url.origin, cookies);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      if (isExpired(attributes)) cookies.delete(name);
      else cookies.set(name, pair.slice(name.length + 1));
    }
  }

  /** The `Cookie` header's value, empty when there is none. */
  header(url: URL): string {
    const cookies = this.#origins.get(url.origin) ?? [];
    return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  headers(url: URL): Record<string, string> {
    const cookie = this.header(url);
    return cookie ? { cookie } : {};
  }
}

function isExpired(attributes: string[]): boolean {
  return attributes.some((attribute) => {
    const [name = '', value = ''] = attribute.split('=');
    if (/^max-age$/i.test(name)) return Number(value) <= 0;
    return /^expires$/i.test(name) && Date.parse(value) <= Date.now();
  });
}
