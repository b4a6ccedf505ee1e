import { h, panel, row, table } from './dom.js';
import { get } from './api.js';
import { action, ago, count, foreign, imageLink, state } from './format.js';

export const failureColumns = [['What'], ['State'], ['Reason'], ['When', 'number'], ['', 'acts']];

function next(failure) {
  const its = failure.nextTry ?? {};
  if (failure.kind === 'permanent') return null;
  return h('span', { class: 'muted' }, its.at ? ['next try ', ago(its.at)] : 'tried again');
}

export function failureRow(failure, me) {
  const forGood = failure.kind === 'permanent';
  return row(`${failure.stage} ${failure.key}`, [
    [h('span', { class: 'muted' }, `${failure.stage} `), imageLink(failure.key)],
    [state(forGood ? 'bad' : 'busy', forGood ? 'for good' : 'tried again'), ' ', next(failure), failure.attempt > 1 ? h('span', { class: 'muted' }, ` ${count(failure.attempt)} tries`) : null],
    [h('span', { class: 'code' }, failure.reason), ' ', foreign(failure.message, 'words')],
    ago(failure.at),
    forGood && me.decides ? action('retry', failure.key, 'Retry …') : null,
  ], failureColumns);
}

export const view = {
  title: (parameters, data) => (data ? `${count(data.permanent + data.transient)} failures` : 'Failures'),
  load: () => get('failures'),
  render(data, { me }) {
    const all = data.permanent + data.transient;
    return [h('h1', { 'data-key': 'title' }, 'Failures'),
      h('p', { class: 'lead', 'data-key': 'lead' }, state(data.permanent ? 'bad' : 'ok', `${count(data.permanent)} for good`), ' ', state(data.transient ? 'busy' : 'ok', `${count(data.transient)} tried again by themselves`)),
      panel('failures', 'Work that does not go on', all > data.listed.length ? `the newest ${data.listed.length} of ${count(all)}` : null,
        table('Failures, the newest first', failureColumns, data.listed.map((one) => failureRow(one, me)), [state('ok', 'all work goes on')]))];
  },
};
