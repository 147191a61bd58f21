import { htmlPage } from './html.ts';

/** Pages that read the OpenAPI document and nothing else: their rules are tighter than those of the watch page. */
function rules(styles: string): Record<string, string> {
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    // The search of the reference runs in a worker made from a blob.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ];
  return { 'Content-Security-Policy': directives.join('; ') };
}

export const docsHeaders = rules("'self'");
/** Redoc writes its styles into the page; without this it stays empty. */
export const referenceHeaders = rules("'self' 'unsafe-inline'");

/** To try the operations out. */
export const docsPage = htmlPage({
  title: 'Millrace api',
  head: `<link rel="stylesheet" href="/assets/swagger-ui.css">
<script src="/assets/swagger-ui.js" defer></script>
<script src="/assets/docs.js" defer></script>`,
  body: '<div id="docs"></div>',
});

/** To read them. */
export const referencePage = htmlPage({
  title: 'Millrace api reference',
  head: `<link rel="stylesheet" href="/assets/reference.css">
<script src="/assets/redoc.js" defer></script>
<script src="/assets/reference.js" defer></script>`,
  body: '<div id="reference"></div>',
});
