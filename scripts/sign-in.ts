import { CookieJar } from './local/cookie-jar.ts';

type Credentials = { login: string; password: string };

const maxSteps = 15;

/**
 * Signs in through the api as a browser does, with the local identity provider's form filled in, and returns what to
 * send as the `Cookie` header from then on.
 */
export async function signIn(apiUrl: string, { login, password }: Credentials): Promise<string> {
  const jar = new CookieJar();
  const visit = async (url: URL, form?: URLSearchParams) => {
    const init = form ? { method: 'POST', body: form } : {};
    const response = await fetch(url, { ...init, headers: jar.headers(url), redirect: 'manual' });
    jar.store(url, response);
    return response;
  };

  let url = new URL('/api/auth/login', apiUrl);
  let response = await visit(url);
  for (let step = 0; step < maxSteps; step += 1) {
    const location = response.headers.get('location');
    if (isCallback(url, apiUrl) && response.status < 400) return jar.header(url);
    if (location) {
      url = new URL(location, url);
      response = await visit(url);
    } else {
      const action = response.ok && /<form[^>]* action="([^"]+)"/.exec(await response.text())?.[1];
      if (!action) throw new Error(`Sign-in ended at ${url.origin}${url.pathname} with ${response.status}`);
      url = new URL(action, url);
      response = await visit(url, new URLSearchParams({ login, password }));
    }
  }
  throw new Error(`Sign-in took more than ${maxSteps} steps`);
}

function isCallback(url: URL, apiUrl: string): boolean {
  return url.origin === new URL(apiUrl).origin && url.pathname === '/api/auth/callback';
}
