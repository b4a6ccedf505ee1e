import { h } from './dom.js';
import { post } from './api.js';
import { clean } from './format.js';

const WORDS = {
  forget: ['Forget', 'Forget it', 'Refused everywhere, never converted again, and taken off all peers and sites. It can be taken back as long as its registry has the image.'],
  unforget: ['Take back the forget of', 'Take it back', 'Its names are converted again.'],
  drain: ['Drain', 'Drain it', 'All its copies are made elsewhere, and then taken off it.'],
  undrain: ['Stop draining', 'Stop draining', 'Its copies stay.'],
  hold: ['Hold', 'Put it on hold', 'It gets no new copies, and keeps those that it has.'],
  unhold: ['Take off hold', 'Take it off hold', 'It gets new copies again.'],
  confirm: ['Let go on what', 'Confirm', 'What this guard stops goes on.'],
  retry: ['Try again', 'Try again', 'What failed for good is done once more.'],
};

const dialog = document.getElementById('dialog');
let opener = null;

dialog.addEventListener('close', () => {
  dialog.replaceChildren();
  opener?.isConnected && opener.focus();
});

export function isOpen() {
  return dialog.open;
}

/** Opens a dialog with this content, which gives the focus back when it is closed. */
export function open(...content) {
  opener = document.activeElement;
  dialog.replaceChildren(...content);
  dialog.showModal();
}

function close() {
  dialog.close();
}

/** Shows what a decision would do, asks why, and decides; done is told what came of it. */
export async function decide(action, subject, done) {
  const [title, verb, meaning] = WORDS[action];
  const plan = h('div', { class: 'plan', tabindex: '0', 'aria-label': 'What it would do', 'aria-busy': 'true' }, h('p', { class: 'waiting' }, 'Looking at what it would do …'));
  const problem = h('p', { class: 'problem', role: 'alert' });
  const reason = h('input', { id: 'reason', name: 'reason', type: 'text', required: true, maxlength: '500', autocomplete: 'off' });
  const time = h('input', { id: 'time', name: 'time', type: 'text', placeholder: 'such as 4h or 2d; empty: until taken back', autocomplete: 'off' });
  const submit = h('button', { type: 'submit', class: action === 'forget' ? 'danger' : 'main', disabled: true }, verb);
  const form = h('form', { class: 'decide' },
    h('h2', { id: 'dialog-title' }, `${title} `, h('bdi', { class: 'code' }, clean(subject))),
    h('p', { class: 'muted' }, meaning),
    plan,
    action === 'hold' ? [h('label', { for: 'time' }, 'For how long'), time] : null,
    h('label', { for: 'reason' }, 'Why, for those who ask later'), reason,
    problem,
    h('div', { class: 'buttons' }, submit, h('button', { type: 'button', 'data-close': '' }, 'Cancel')));
  form.querySelector('[data-close]').addEventListener('click', close);
  open(form);
  reason.focus();
  let wish = { action, subject };

  async function look() {
    try {
      const found = await post('plan', { ...wish, time: time.value });
      wish = { ...wish, expected: found.expected };
      plan.replaceChildren(h('ul', null, found.lines.map((line) => h('li', null, clean(line)))));
      if (!found.possible) {
        plan.prepend(h('p', { class: 'state warn' }, action === 'confirm' ? '▲ It was confirmed before.' : '▲ Not all of it can be done now.'));
      }
      submit.disabled = false;
      return true;
    } catch (error) {
      plan.replaceChildren(h('p', { class: 'problem' }, clean(error.message)));
      submit.disabled = true;
      return false;
    } finally {
      plan.setAttribute('aria-busy', 'false');
    }
  }

  time.addEventListener('change', look);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    problem.textContent = '';
    try {
      const { outcome } = await post('decide', { ...wish, time: time.value, reason: reason.value });
      close();
      done(`${title} ${clean(subject)}: ${clean(outcome)}`);
    } catch (error) {
      problem.textContent = clean(error.message);
      await look();
    }
  });
  await look();
}
