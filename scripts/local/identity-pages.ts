const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 20rem; margin: 15vh auto; padding: 0 1rem; }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  input, button { margin: .25rem 0 1rem; padding: .5rem; }
  [role=alert] { color: #b00020; }`;

export function renderSignIn(uid: string, login = '', problem = ''): string {
  return renderPage(
    'Sign in',
    `${problem && `<p role="alert">${escapeHtml(problem)}</p>`}
    <form method="post" action="/interaction/${escapeHtml(uid)}">
      <label for="login">Name</label>
      <input id="login" name="login" value="${escapeHtml(login)}" autocomplete="username" required autofocus>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
      <button>Sign in</button>
    </form>
    <p>Development accounts: demo, viewer, admin. Each one's password is its name.</p>`,
  );
}

export function renderRegistration(uid: string, login = '', problem = ''): string {
  return renderPage(
    'Register',
    `${problem && `<p role="alert">${escapeHtml(problem)}</p>`}
    <form method="post" action="/interaction/${escapeHtml(uid)}">
      <label for="login">Name</label>
      <input id="login" name="login" value="${escapeHtml(login)}" autocomplete="username" required autofocus>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="new-password" required>
      <button>Register</button>
    </form>
    <p>The account is gone when the provider stops.</p>`,
  );
}

/** `form` is the provider's own, with a token against forged requests. */
export function renderSignOut(form: string): string {
  return renderPage(
    'Sign out',
    `${form}<button autofocus form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
  );
}

export function renderNotice(title: string, text: string): string {
  return renderPage(title, `<p>${escapeHtml(text)}</p>`);
}

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${escapeHtml(title)}</title>
    <style>${style}</style>
  </head>
  <body><h1>${escapeHtml(title)}</h1>${body}</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
