import { longestPassword } from '../../shared/contracts/local-accounts.ts';
import { route } from '../route.ts';
import { requireLocalAccounts } from '../routes/local-accounts.ts';
import { htmlPage } from './html.ts';
import { anyQuery } from './pages.ts';

const tag = 'Pages';
const type = 'text/html';
const replies = { 200: { description: 'A page', type } };
const headers = { 'Cache-Control': 'no-cache', 'Referrer-Policy': 'no-referrer' };

/**
 * Where the links in letters lead. Opening one does nothing yet: programs that look through mail open links too. The
 * token stays in the browser, after the `#`, until the form is sent.
 */
export const accountPageRoutes = [
  route({
    method: 'get',
    path: '/account/confirm',
    tag,
    summary: 'Confirm an e-mail address',
    action: 'service.read',
    query: anyQuery,
    replies,
    errors: ['not_found'],
    handle({ context }) {
      requireLocalAccounts(context);
      return { status: 200, type, body: confirmPage, headers };
    },
  }),

  route({
    method: 'get',
    path: '/account/reset',
    tag,
    summary: 'Choose a new password',
    action: 'service.read',
    query: anyQuery,
    replies,
    errors: ['not_found'],
    handle({ context }) {
      requireLocalAccounts(context);
      return { status: 200, type, body: resetPage, headers };
    },
  }),
];

const confirmPage = page({
  title: 'Confirm your e-mail address',
  action: '/api/auth/email/verify',
  label: 'The password that you chose',
  autocomplete: 'current-password',
  button: 'Confirm',
  done: 'Your address is confirmed. You can sign in now.',
});

const resetPage = page({
  title: 'Choose a new password',
  action: '/api/auth/password/reset',
  label: 'New password: at least 10 characters, one of them a digit',
  autocomplete: 'new-password',
  button: 'Change',
  done: 'Your password is changed, and you are signed out everywhere. You can sign in with the new one now.',
});

type Words = Record<'title' | 'action' | 'label' | 'autocomplete' | 'button' | 'done', string>;

function page({ title, action, label, autocomplete, button, done }: Words): string {
  return htmlPage({
    title,
    head: `<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/account.js" defer></script>`,
    body: `<main>
<h1>${title}</h1>
<form data-action="${action}" data-done="${done}">
<label for="password">${label}</label>
<input id="password" type="password" autocomplete="${autocomplete}" maxlength="${longestPassword}" required>
<button>${button}</button>
</form>
<p role="status"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
</main>`,
  });
}
