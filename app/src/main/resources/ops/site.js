import { h, panel, row, table } from './dom.js';
import { lagOverTime } from './series.js';
import { get } from './api.js';
import { ago, bytes, clean, count, exact, foreign, imageLink, many, meter, span, state } from './format.js';
import { least, oldest, remaining, siteCounts, siteState, siteTable, skewed } from './now.js';

export const all = {
  title: () => 'Sites',
  load: () => get('sites'),
  render(data) {
    const listed = data.listed?.length ?? 0;
    return [h('h1', { 'data-key': 'title' }, 'Sites'),
      h('p', { class: 'lead', 'data-key': 'lead' }, siteCounts(data)),
      panel('sites', data.hub ? many(data.count, 'site', 'sites') : 'Sites', data.count > listed ? `the worst ${count(listed)} of them` : 'the worst first', siteTable(data))];
  },
};

const NODES = [['Node'], ['State'], ['Has', 'number'], ['Behind', 'number'], ['Oldest'], ['Done in', 'number wide'], ['Over the line', 'number wide'], ['Disk free', 'number bar'], ['Report', 'number'], ['Version', 'wide']];
const MISSING = [['Image'], ['Why'], ['Node', 'wide'], ['What comes', 'wide'], ['When', 'number']];
const REASONS = { window: ['busy', 'waits for its window'], excluded: ['off', 'excluded'], failed: ['bad', 'failed'], 'under-way': ['busy', 'under way'], superseded: ['off', 'superseded'], full: ['warn', 'disk is full'], held: ['busy', 'on hold'] };

export function reason(name) {
  const [level, word] = REASONS[name] ?? ['off', clean(name).replaceAll('-', ' ')];
  return state(level, word);
}

/** Why an image is not at a site, or that it is. */
export function stage(one) {
  if (one.reason) return [reason(one.reason), one.error ? [' ', foreign(one.error, 'words')] : null];
  const level = one.stage === 'present' ? 'ok' : one.stage === 'not-heard' ? 'busy' : 'off';
  return state(level, clean(one.meaning), one.atLeast ? 'by an old report' : null);
}

function amount(its) {
  return [count(its.images), h('span', { class: 'muted' }, ` ${bytes(its.bytes)}`)];
}

function nodeRow(node) {
  return row(node.node, [
    foreign(node.node, 'strong'),
    siteState(node.state),
    amount(node.present),
    least(node.atLeast || !node.rulesHeard, [node.behind.images ? amount(node.behind) : '0', node.notHeard.images ? h('span', { class: 'muted' }, `, ${count(node.notHeard.images)} not heard of`) : null, node.waiting.images ? h('span', { class: 'muted' }, `, ${count(node.waiting.images)} wait`) : null]),
    oldest(node.oldest),
    remaining(node.remaining),
    [bytes(node.lineBytes), node.lineBytesPerSecond ? h('span', { class: 'muted' }, ` ${bytes(node.lineBytesPerSecond)}/s`) : null],
    node.totalBytes ? meter(node.freeBytes, node.totalBytes, `${bytes(node.freeBytes)} of ${bytes(node.totalBytes)}`, node.freeBytes < node.totalBytes * 0.2 ? 'warn' : '') : '–',
    [ago(node.receivedAt), skewed(node.clockSkewed ? node.clockSkewSeconds : 0)],
    foreign(node.version),
  ], NODES);
}

function notes(nodes) {
  const lines = nodes.flatMap((node) => [
    ...(node.clockSkewed ? [[node, `its clock is ${count(Math.abs(node.clockSkewSeconds))} s ${node.clockSkewSeconds < 0 ? 'behind' : 'ahead of'} the hub's`]] : []),
    ...node.problems.map((words) => [node, words])]);
  if (lines.length === 0) return null;
  return panel('notes', 'Worth a look', null, h('ul', { class: 'held' }, lines.map(([node, words]) =>
    h('li', { 'data-key': `${node.node} ${words}` }, state('warn', clean(node.node)), ' ', foreign(words)))));
}

function counts(nodes) {
  const lines = nodes.flatMap((node) => Object.entries(node.absent).map(([name, its]) => [node, name, its]));
  if (lines.length === 0) return null;
  return panel('counts', 'What it lacks, by reason', null,
    h('dl', { class: 'facts' }, lines.map(([node, name, its]) => [
      h('dt', null, nodes.length > 1 ? [foreign(node.node), ': '] : null, reason(name)),
      h('dd', { class: 'number' }, many(its.images, 'image', 'images'), ', ', bytes(its.bytes))])));
}

/** How its group may use the line. */
function line(data) {
  const its = data.line;
  if (!its) return null;
  const share = `While images are fetched ahead, ${count(its.askedPercent)} % of the line is for what somebody asks for now.`;
  return panel('line', 'Line', ['of group ', foreign(data.group, 'strong')], h('dl', { class: 'facts' },
    h('dt', null, 'Limit'), h('dd', null, its.bytesPerSecond ? `${bytes(its.bytesPerSecond)}/s. ` : 'none. ', share),
    h('dt', null, 'Windows'), h('dd', null, its.paused ? [state('busy', 'paused'), ': fetches only what somebody asks for. '] : null,
      its.windows.length ? [its.windows.map((hours) => [h('span', { class: 'code' }, clean(hours)), ' ']), clean(its.zone), data.windowOpensAt ? [', the next opens ', ago(data.windowOpensAt)] : null] : 'always open'),
    h('dt', null, 'Lag target'), h('dd', null, span(data.lagTargetSeconds * 1000), data.critical ? ', and somebody is paged' : null)));
}

export const one = {
  title: ({ name }) => clean(name ?? 'Site'),
  load: ({ name }) => get('site', { site: name ?? '' }),
  render(data) {
    const { nodes, missing } = data;
    const lacks = Math.max(0, ...nodes.map((node) => node.behind.images + node.waiting.images));
    return [
      h('div', { class: 'title', 'data-key': 'title' },
        h('h1', null, foreign(data.site)),
        h('p', { class: 'lead' }, siteState(data.state), h('span', null, 'group ', foreign(data.group, 'strong')),
          data.windowOpensAt ? h('span', null, 'its window opens ', ago(data.windowOpensAt)) : null,
          data.paused ? h('span', null, 'paused ', ago(data.paused.since), data.paused.until ? [', until ', exact(data.paused.until)] : null) : null,
          data.joinedAt ? h('span', null, 'joined ', ago(data.joinedAt)) : null,
          data.revokedAt ? h('span', null, 'revoked ', ago(data.revokedAt)) : null)),
      panel('nodes', 'Nodes', null, table('Nodes with their last reports', NODES, nodes.map(nodeRow), 'No node has reported so far.')),
      notes(nodes),
      data.series ? lagOverTime(data.series, data.lagTargetSeconds) : null,
      h('div', { class: 'columns', 'data-key': 'columns' },
        h('div', { class: 'column' }, line(data)),
        h('div', { class: 'column' }, counts(nodes))),
      panel('missing', 'Images that it lacks', lacks > missing.length || data.named > missing.length ? `${count(missing.length)} that the reports name` : null,
        table('Images that the site lacks', MISSING, missing.map((one) => row(one.image, [
          imageLink(one.image),
          stage(one),
          foreign(one.node ?? '–'),
          foreign(one.next, 'words'),
          one.nextAt ? ago(one.nextAt) : '–',
        ], MISSING)), nodes.length ? (lacks ? 'Its last report names none.' : [state('ok', 'it has everything that its rules name')]) : 'Not known before a node reports.')),
      panel('credentials', 'Credentials', null, (data.credentials ?? []).length ? h('ul', { class: 'list' }, data.credentials.map((one) => h('li', { 'data-key': one.issuedAt },
        one.token ? 'a token for a node to join' : ['of node ', foreign(one.node)], ', given ', ago(one.issuedAt), ', good until ', exact(one.expiresAt)))) : h('p', { class: 'empty' }, 'None.')),
    ];
  },
};
