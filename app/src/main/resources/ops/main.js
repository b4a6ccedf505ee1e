import { h, show } from './dom.js';
import { get, post } from './api.js';
import { clean, clock, state, tick, time } from './format.js';
import * as live from './live.js';
import { decide, isOpen, open } from './decide.js';
import { login } from './login.js';
import * as nowView from './now.js';
import * as imageView from './image.js';
import * as siteView from './site.js';
import * as failuresView from './failures.js';
import * as decisionsView from './decisions.js';
import * as searchView from './search.js';

const VIEWS = {
  '/': nowView.view,
  '/image': imageView.view,
  '/sites': siteView.all,
  '/site': siteView.one,
  '/failures': failuresView.view,
  '/decisions': decisionsView.view,
  '/search': searchView.view,
};

const main = document.getElementById('main');
const notices = document.getElementById('notices');
const link = document.getElementById('link');
const who = document.getElementById('who');
const search = document.getElementById('search');
const text = document.getElementById('text');

let me = null;
let place = null; // the address that is shown, with its view
let data = null;
let asOf = 0; // this machine's time of the last figures
let failure = null;
let connection = { connected: null, since: 0 };
let outcome = null;
let outdated = false;
let asking = false;
let again = false;
let started = false;

function at() {
  return location.pathname + location.search;
}

function openPlace() {
  const view = VIEWS[location.pathname] ?? VIEWS['/'];
  place = { address: at(), view, parameters: Object.fromEntries(new URLSearchParams(location.search)), extra: {} };
  data = null;
  failure = null;
  for (const one of document.querySelectorAll('#nav a')) {
    if (one.getAttribute('href') === location.pathname || (location.pathname === '/site' && one.getAttribute('href') === '/sites')) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
  text.value = location.pathname === '/search' ? place.parameters.text ?? '' : '';
  document.title = `${view.title(place.parameters)} – Longshore`;
  main.replaceChildren(h('p', { class: 'waiting' }, 'Loading …'));
  main.setAttribute('aria-busy', 'true');
  scrollTo(0, 0);
  refresh();
}

function go(address) {
  if (address !== at()) history.pushState(null, '', address);
  openPlace();
  main.focus({ preventScroll: true });
}

/** Asks for the view's figures again; what is shown stays until they are there. */
async function refresh() {
  if (!started) return;
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  const asked = place;
  try {
    const found = await asked.view.load(asked.parameters, asked.extra, redraw);
    if (asked === place) {
      if (found.at) clock(found.at);
      data = found;
      failure = null;
      asOf = Date.now();
    }
  } catch (error) {
    if (error.status === undefined) throw error;
    if (error.status === 401) return enter();
    if (asked === place) failure = error;
    if (error.status === 0) live.broken();
  } finally {
    asking = false;
    if (asked === place) redraw();
    if (again) {
      again = false;
      refresh();
    }
  }
}

function redraw() {
  if (!started) return;
  main.setAttribute('aria-busy', 'false');
  if (data !== null) {
    show(main, place.view.render(data, { me, parameters: place.parameters, extra: place.extra }));
    document.title = `${place.view.title(place.parameters, data)} – Longshore`;
  } else if (failure !== null) {
    show(main, h('section', { class: 'panel failed', 'data-key': 'failed' },
      h('h1', null, failure.status === 403 ? 'No access' : 'No figures'),
      h('p', { class: 'problem' }, clean(failure.message)),
      failure.status === 403 ? null : h('p', { class: 'muted' }, 'This page goes on asking.')));
  }
  notify();
}

function notify() {
  const lines = [];
  if (connection.connected === false) {
    lines.push(h('p', { class: 'notice bad', 'data-key': 'link' }, state('bad', 'Not connected'), ` since ${time(connection.since)}`, asOf ? `; last figures of ${time(asOf)}.` : '.', ' It is tried again by itself.'));
  } else if (failure !== null && data !== null) {
    lines.push(h('p', { class: 'notice bad', 'data-key': 'failure' }, state('bad', 'No new figures'), `: ${clean(failure.message)}; last ones of ${time(asOf)}.`));
  }
  const reading = data?.reading;
  if (reading && !reading.whole) {
    lines.push(h('p', { class: 'notice warn', 'data-key': 'reading' }, state('warn', 'Not all is read from Kafka yet'), reading.problem ? `: ${clean(reading.problem)}` : '; what is shown lacks images.'));
  } else if (reading?.problem) {
    lines.push(h('p', { class: 'notice bad', 'data-key': 'reading' }, state('bad', 'Kafka cannot be read'), `, so this is what was last known: ${clean(reading.problem)}`));
  }
  if (outdated) {
    lines.push(h('p', { class: 'notice warn', 'data-key': 'outdated' }, state('warn', 'Another version'), ' of Longshore runs now. ', h('button', { type: 'button', 'data-reload': '' }, 'Load it')));
  }
  if (outcome) lines.push(h('p', { class: 'notice ok', 'data-key': 'outcome' }, state('ok', 'Done'), `: ${outcome} `, h('button', { type: 'button', class: 'quiet', 'data-dismiss': '' }, 'Dismiss')));
  show(notices, lines);
  document.body.classList.toggle('stale', connection.connected === false);
  const level = connection.connected === null ? 'off' : connection.connected ? 'ok' : 'bad';
  show(link, state(level, level === 'off' ? 'connecting' : level === 'ok' ? 'live' : 'not connected', asOf ? `Figures of ${time(asOf)}` : null));
}

function person() {
  show(who,
    me.caller ? h('span', { class: 'caller', title: me.decides ? 'may look and decide' : 'may look' }, clean(me.caller)) : null,
    me.session ? h('button', { type: 'button', class: 'quiet', 'data-logout': '' }, 'Log out') : null);
}

/** Finds out who looks, and shows the view or the form. */
async function enter() {
  try {
    me = await get('me');
  } catch (error) {
    if (error.status === undefined) throw error;
    connection = { connected: false, since: connection.since || Date.now() };
    failure = error;
    notify();
    if (data === null) show(main, h('p', { class: 'problem', 'data-key': 'failed' }, clean(error.message)));
    setTimeout(enter, 2000);
    return;
  }
  document.body.classList.toggle('out', me.login);
  person();
  if (me.login) {
    started = false;
    live.stop();
    document.title = 'Log in – Longshore';
    show(link, state('off', 'not logged in'));
    login(main, enter);
    return;
  }
  if (me.refused) {
    live.stop();
    show(link, state('off', 'no access'));
    show(main, h('section', { class: 'panel failed', 'data-key': 'failed' }, h('h1', null, 'No access'), h('p', { class: 'problem' }, clean(me.refused))));
    return;
  }
  const first = !started;
  started = true;
  if (first) {
    openPlace();
    live.follow({
      state(now) {
        connection = now;
        notify();
        if (now.connected) refresh();
      },
      lost() {
        if (started) checkLogin();
      },
      hello(version) {
        outdated = version !== me.files;
        refresh();
      },
      event() {
        refresh();
      },
    });
  } else {
    refresh();
  }
}

/** A stream says nothing about why it ended: a session may be over. */
async function checkLogin() {
  try {
    if ((await get('me')).login) enter();
  } catch (error) {
    if (error.status === undefined) throw error;
  }
}

function help() {
  const keys = [['/', 'search'], ['j  k', 'next and previous row'], ['Enter', 'open the row'], ['g n', 'now'], ['g s', 'sites'], ['g f', 'failures'], ['g d', 'decisions'], ['Esc', 'close, or leave the search'], ['?', 'these keys']];
  const form = h('form', { class: 'keys' },
    h('h2', { id: 'dialog-title' }, 'Keys'),
    h('dl', null, keys.map(([key, meaning]) => [h('dt', null, key.split('  ').map((one) => [h('kbd', null, one), ' '])), h('dd', null, meaning)])),
    h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'main' }, 'Close')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.closest('dialog').close();
  });
  open(form);
}

const PLACES = { n: '/', s: '/sites', f: '/failures', d: '/decisions' };
let leading = 0;

function step(by) {
  const rows = [...main.querySelectorAll('a[data-row]')];
  const from = rows.indexOf(document.activeElement);
  const to = rows[from < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, from + by))];
  to?.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isOpen()) return;
  const typing = event.target.matches('input, textarea, select');
  if (event.key === 'Escape' && event.target === text) return text.blur();
  if (typing || !started) return;
  const led = Date.now() - leading < 1500;
  leading = 0;
  if (led && PLACES[event.key]) go(PLACES[event.key]);
  else if (event.key === '/') text.focus();
  else if (event.key === '?') help();
  else if (event.key === 'g') leading = Date.now();
  else if (event.key === 'j') step(1);
  else if (event.key === 'k') step(-1);
  else return;
  event.preventDefault();
});

document.addEventListener('click', (event) => {
  const target = event.target.closest('a, button');
  if (!target) return;
  if (target.matches('a[href^="/"]') && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    go(target.getAttribute('href'));
  } else if (target.dataset.action) {
    decide(target.dataset.action, target.dataset.subject, (told) => {
      outcome = told;
      refresh();
      notify();
    });
  } else if (target.matches('[data-copy]')) {
    navigator.clipboard?.writeText(target.dataset.copy).then(() => {
      target.textContent = 'copied';
      setTimeout(() => (target.textContent = 'copy'), 1500);
    }, () => {});
  } else if (target.matches('[data-reload]')) {
    location.reload();
  } else if (target.matches('[data-dismiss]')) {
    outcome = null;
    notify();
  } else if (target.matches('[data-logout]')) {
    post('logout', {}).then(() => location.assign('/'), () => {});
  }
});

search.addEventListener('submit', (event) => {
  event.preventDefault();
  const asked = text.value.trim();
  if (asked) go(`/search?text=${encodeURIComponent(asked)}`);
});

addEventListener('popstate', () => started && openPlace());
setInterval(tick, 1000);
enter();
