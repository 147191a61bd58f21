// Shows the api's own OpenAPI document. Its fonts would come from a stranger's host: those of the system do.
const fontFamily = 'system-ui, sans-serif';
window.Redoc.init(
  '/openapi.json',
  {
    hideDownloadButtons: true,
    theme: {
      typography: { fontFamily, headings: { fontFamily }, code: { fontFamily: 'ui-monospace, monospace' } },
    },
  },
  document.querySelector('#reference'),
);
