import { escapeHtml, htmlPage } from './html.ts';

/** Where people go with a browser: pages, and the two addresses of a sign-in. */
const visited =
  /^\/(?!(?:api|assets|\.well-known)\/|(?:healthz|readyz|metrics|openapi\.json)$)|^\/api\/auth\/(?:login|callback)$/;

/** Whether a problem at this path is shown as a page to whom asks for one. */
export function isVisited(path: string): boolean {
  return visited.test(path);
}

/** A problem document, in words. `signInUrl` where signing in may help, `signOutUrl` where that may. */
export function problemPage(
  { title, detail, code, errorId }: Record<'title' | 'detail' | 'code' | 'errorId', string>,
  signInUrl: string | undefined,
  signOutUrl: string | undefined,
): string {
  const link = signInUrl === undefined ? '' : `<p><a href="${escapeHtml(signInUrl)}">Sign in</a></p>\n`;
  const form =
    signOutUrl === undefined
      ? ''
      : `<form method="post" action="${escapeHtml(signOutUrl)}"><button>Sign out</button></form>\n`;
  return htmlPage({
    title,
    head: `<link rel="stylesheet" href="/assets/page.css">`,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(detail)}</p>
${link}${form}<p><small>${escapeHtml(code)} · ${escapeHtml(errorId)}</small></p>
</main>`,
  });
}
