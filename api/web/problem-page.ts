import { escapeHtml, htmlPage } from './html.ts';

/** Where people go with a browser: pages, and the two addresses of a sign-in. */
const visited =
  /^\/(?!(?:api|assets|\.well-known)\/|(?:healthz|readyz|metrics|openapi\.json)$)|^\/api\/auth\/(?:login|callback)$/;

/** Whether a problem at this path is shown as a page to whom asks for one. */
export function isVisited(path: string): boolean {
  return visited.test(path);
}

export type Link = Record<'url' | 'text', string>;

/** A problem document, in words. `signInLinks` where signing in may help, `signOutUrl` where that may. */
export function problemPage(
  { title, detail, code, errorId }: Record<'title' | 'detail' | 'code' | 'errorId', string>,
  signInLinks: Link[],
  signOutUrl: string | undefined,
): string {
  const link = ({ url, text }: Link) => `<p><a href="${escapeHtml(url)}">${escapeHtml(text)}</a></p>\n`;
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
${signInLinks.map(link).join('')}${form}<p><small>${escapeHtml(code)} · ${escapeHtml(errorId)}</small></p>
</main>`,
  });
}
