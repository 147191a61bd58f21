import { CookieJar } from '../../scripts/local/cookie-jar.ts';

/** A browser of somebody's own, as far as signing in and out needs one. */
export class Visitor {
  readonly jar = new CookieJar();
  readonly #userAgent: string;

  constructor(userAgent = 'Visitor/1.0') {
    this.#userAgent = userAgent;
  }

  async visit(url: URL, form?: Record<string, string>): Promise<Response> {
    const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
    const headers = { ...this.jar.headers(url), 'user-agent': this.#userAgent };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.jar.store(url, response);
    return response;
  }

  /** Signs in at the provider, and stops before the address that the provider sends the browser back to. */
  async authorize(apiUrl: string, login = 'demo', path = '/api/auth/login', password = login): Promise<URL> {
    let url = new URL(path, apiUrl);
    let response = await this.visit(url);
    for (let step = 0; step < 10; step += 1) {
      const location = response.headers.get('location');
      if (location) {
        url = new URL(location, url);
        if (url.pathname === '/api/auth/callback') return url;
        response = await this.visit(url);
      } else {
        const action = /<form[^>]* action="([^"]+)"/.exec(await response.text())?.[1] ?? '';
        url = new URL(action, url);
        response = await this.visit(url, { login, password });
      }
    }
    throw new Error('the provider does not send the browser back');
  }

  /** A whole sign-in. @returns what to send as the Cookie header from then on */
  async signIn(apiUrl: string, login = 'demo', path = '/api/auth/login'): Promise<string> {
    const callback = await this.authorize(apiUrl, login, path);
    const { status } = await this.visit(callback);
    if (status !== 302) throw new Error(`the sign-in ended with ${status}`);
    return this.jar.header(callback);
  }
}
