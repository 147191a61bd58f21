// The pages that letters about an account lead to: sends the token of the link with the password that is typed.
const form = document.querySelector('form');
const password = document.querySelector('#password');
const button = document.querySelector('button');
const told = document.querySelector('[role=status]');
const token = location.hash.slice(1);

// So that it stays in no history and on no screenshot.
history.replaceState(null, '', location.pathname);

if (!token) {
  form.hidden = true;
  told.textContent = 'Open this page with the link in your e-mail.';
}

// Another letter's link, opened in the same tab, is the same page to the browser.
addEventListener('hashchange', () => location.reload());

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  told.textContent = 'One moment …';
  try {
    const response = await fetch(form.dataset.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ token, password: password.value }),
    });
    if (response.ok) form.hidden = true;
    told.textContent = response.ok ? form.dataset.done : sentence(await response.json());
  } catch {
    told.textContent = 'The server does not answer. Please try again.';
  }
  button.disabled = false;
});

function sentence({ detail, errors = [] }) {
  const wrong = errors.find(({ pointer }) => pointer === '/password');
  return wrong ? `The password ${wrong.message}.` : detail;
}
