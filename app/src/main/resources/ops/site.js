import { h, panel, row, table } from './dom.js';
import { get } from './api.js';
import { ago, bytes, clean, count, exact, foreign, imageLink, many, meter, since, state } from './format.js';
import { CONDITIONS, SITES, siteCounts, siteRow } from './now.js';

export const all = {
  title: () => 'Sites',
  load: () => get('sites'),
  render(data) {
    return [h('h1', { 'data-key': 'title' }, 'Sites'),
      h('p', { class: 'lead', 'data-key': 'lead' }, siteCounts(data)),
      panel('sites', many(data.count, 'site', 'sites'), 'the worst first',
        table('All sites', SITES, data.listed.map(siteRow), 'No site has joined. longshore site add lets one do so.'))];
  },
};

const NODES = [['Node'], ['Has', 'number'], ['', 'number'], ['Behind', 'number'], ['Over the line', 'number'], ['Disk free', 'number bar'], ['Report', 'number'], ['Version', 'wide']];
const MISSING = [['Image'], ['Reason'], ['Node', 'wide'], ['Next try', 'number']];
const REASONS = { window: ['busy', 'waits for its window'], excluded: ['off', 'excluded'], failed: ['bad', 'failed'], under_way: ['busy', 'under way'], superseded: ['off', 'superseded'], full: ['warn', 'disk is full'], held: ['warn', 'held by a guard'] };

function reason(name) {
  const [level, word] = REASONS[name] ?? ['off', clean(name).replaceAll('_', ' ')];
  return state(level, word);
}

function counts(nodes) {
  const lines = nodes.flatMap((node) => (node.counts ?? []).map((one) => [node, one]));
  if (lines.length === 0) return null;
  return panel('counts', 'What it lacks, by reason', null,
    h('dl', { class: 'facts' }, lines.map(([node, one]) => [
      h('dt', null, nodes.length > 1 ? [foreign(node.node), ': '] : null, reason(one.reason)),
      h('dd', { class: 'number' }, many(one.images, 'image', 'images'), ', ', bytes(one.bytes))])));
}

export const one = {
  title: ({ name }) => clean(name ?? 'Site'),
  load: ({ name }) => get('site', { site: name ?? '' }),
  render(data) {
    const [level, word] = CONDITIONS[data.condition] ?? ['off', data.condition];
    const nodes = data.nodes ?? [];
    const missing = nodes.flatMap((node) => (node.missing ?? []).map((one) => ({ ...one, node: node.node })));
    const behind = Math.max(0, ...nodes.map((node) => node.behind.images));
    const columns = NODES.filter((column) => column[0] !== '');
    return [
      h('div', { class: 'title', 'data-key': 'title' },
        h('h1', null, foreign(data.site)),
        h('p', { class: 'lead' }, state(level, word), h('span', null, 'group ', foreign(data.group, 'strong')),
          data.joinedAt ? h('span', null, 'joined ', ago(data.joinedAt)) : null,
          data.revokedAt ? h('span', null, 'revoked ', ago(data.revokedAt)) : null)),
      panel('nodes', 'Nodes', null, table('Nodes with their last reports', columns, nodes.map((node) => row(node.node, [
        foreign(node.node, 'strong'),
        [count(node.present.images), h('span', { class: 'muted' }, ` ${bytes(node.present.bytes)}`)],
        node.behind.images ? [count(node.behind.images), h('span', { class: 'muted' }, ` ${bytes(node.behind.bytes)}`, node.behindSince ? [' for ', since(node.behindSince)] : null)] : '0',
        bytes(node.lineBytes),
        node.totalBytes ? meter(node.freeBytes, node.totalBytes, `${bytes(node.freeBytes)} of ${bytes(node.totalBytes)}`, node.freeBytes < node.totalBytes * 0.2 ? 'warn' : '') : '–',
        ago(node.receivedAt),
        foreign(node.version),
      ], columns)), 'No node has reported so far.')),
      counts(nodes),
      panel('missing', 'Images that it lacks', missing.length && behind > missing.length ? `the ${missing.length} that the report names` : null,
        table('Images that the site lacks', MISSING, missing.map((one) => row(`${one.node} ${one.name}`, [
          imageLink(one.name),
          [reason(one.reason), one.error ? [' ', foreign(one.error, 'words')] : null],
          foreign(one.node),
          one.nextTryAt ? ago(one.nextTryAt) : '–',
        ], MISSING)), nodes.length ? (behind ? 'Its last report names none.' : [state('ok', 'it has everything that its rules name')]) : 'Not known before a node reports.')),
      panel('credentials', 'Credentials', null, (data.credentials ?? []).length ? h('ul', { class: 'list' }, data.credentials.map((one) => h('li', { 'data-key': one.issuedAt },
        one.token ? 'a token for a node to join' : ['of node ', foreign(one.node)], ', given ', ago(one.issuedAt), ', good until ', exact(one.expiresAt)))) : h('p', { class: 'empty' }, 'None.')),
    ];
  },
};
