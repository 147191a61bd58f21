export type Answer<T = Record<string, unknown>> = { status: number; headers: Headers; body: T };

type About = {
  method?: string;
  /** An access token or API key. */
  token?: string;
  cookie?: string;
  form?: Record<string, string> | string;
  json?: unknown;
  headers?: Record<string, string>;
};

/** One request, and all that was answered, refusals too. */
export async function exchange<T = Record<string, unknown>>(url: string, path: string, about: About = {}) {
  const { token, cookie, form, json, headers = {} } = about;
  const hasBody = form !== undefined || json !== undefined;
  const response = await fetch(new URL(path, url), {
    method: about.method ?? (hasBody ? 'POST' : 'GET'),
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : {}) as T,
  } satisfies Answer<T>;
}
