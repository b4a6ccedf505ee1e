import { h, show } from './dom.js';
import { post } from './api.js';

/** The form, in place of the view; done is called once somebody is logged in. */
export function login(main, done) {
  const problem = h('p', { class: 'problem', role: 'alert', id: 'login-problem' });
  const token = h('input', { id: 'token', name: 'token', type: 'password', autocomplete: 'current-password', required: true, 'aria-describedby': 'login-problem' });
  const name = h('input', { id: 'name', name: 'name', type: 'text', autocomplete: 'username', autocapitalize: 'off', spellcheck: 'false' });
  const form = h('form', { class: 'login' },
    h('h1', null, 'Log in'),
    h('p', { class: 'muted' }, 'With a token of this page’s tokens-file, or the name and password of its credentials. It is not kept in this browser.'),
    h('label', { for: 'token' }, 'Token or password'), token,
    h('label', { for: 'name' }, 'Name ', h('span', { class: 'muted' }, '(only with a password)')), name,
    h('button', { type: 'submit', class: 'main' }, 'Log in'),
    problem);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    const shown = { token: token.value, name: name.value };
    token.value = '';
    try {
      await post('login', shown);
      done();
    } catch (error) {
      problem.textContent = error.status === 401 ? 'This is not accepted: mistyped, ended or withdrawn.' : error.message;
      token.focus();
    }
  });
  main.replaceChildren(form);
  token.focus();
}
