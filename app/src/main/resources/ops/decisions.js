import { h, panel, row, table } from './dom.js';
import { get } from './api.js';
import { action, ago, clean, count, foreign, imageLink, many, state } from './format.js';
import { peers } from './now.js';

const COLUMNS = [['Decision'], ['About'], ['By', 'wide'], ['Why'], ['When', 'number'], ['', 'acts']];
const BACK = { forget: 'unforget', hold: 'unhold', drain: 'undrain' };

function about(one) {
  if (one.kind === 'forget') {
    return [imageLink(one.about), one.digests > 1 ? h('span', { class: 'muted' }, ` ${count(one.digests)} digests`) : null];
  }
  return [foreign(one.about, 'code'), one.to ? [' to ', foreign(one.to, 'code')] : null];
}

function back(one) {
  const what = BACK[one.kind];
  if (!what) return null;
  return action(what, one.kind === 'forget' ? one.digest ?? one.about : one.about, 'Take back …');
}

function guards(data, me) {
  const all = data.guards.value;
  if (!all) return panel('guards', 'Guards', null, h('p', { class: 'waiting' }, 'being looked at …'));
  return panel('guards', 'Guards', all.length ? many(all.length, 'holds something', 'hold something') : null,
    all.length === 0 ? h('p', { class: 'empty' }, state('ok', 'no guard stops anything')) :
      h('ul', { class: 'held' }, all.map((guard) => h('li', { 'data-key': guard.id },
        guard.confirmed ? state('busy', 'confirmed') : state('bad', clean(guard.cause)), ' ', foreign(guard.line),
        !guard.confirmed && me.decides ? [' ', action('confirm', guard.id, 'Confirm …')] : null))));
}

export const view = {
  title: () => 'Decisions',
  async load() {
    const [decisions, now] = await Promise.all([get('decisions'), get('now')]);
    return { ...now, decisions };
  },
  render(data, { me }) {
    const { listed, count: all } = data.decisions;
    return [h('h1', { 'data-key': 'title' }, 'Decisions'),
      me.decides ? null : h('p', { class: 'lead muted', 'data-key': 'lead' }, 'You may look. Who may decide has scope ', h('code', null, 'decide'), ' in the tokens file.'),
      guards(data, me),
      panel('standing', 'Decisions in force', all > listed.length ? `the newest ${listed.length} of ${count(all)}` : null,
        table('Decisions in force', COLUMNS, listed.map((one) => row(one.id, [
          state(one.kind === 'forget' ? 'off' : 'busy', one.kind ?? 'of a later version', one.id),
          about(one),
          foreign(one.by),
          foreign(one.reason, 'words'),
          [ago(one.decidedAt), one.until ? h('span', { class: 'muted' }, ' ends ', ago(one.until)) : null],
          me.decides ? back(one) : null,
        ], COLUMNS)), 'Nobody has decided anything that still stands.')),
      peers(data, me)];
  },
};
