import { h, panel, row, table } from './dom.js';
import { get } from './api.js';
import { action, ago, bytes, clean, copies, count, foreign, imageLink, many, meter, since, siteLink, span, state } from './format.js';
import { failureRow, failureColumns } from './failures.js';

const STAGES = { watcher: 'observe', converter: 'convert', pinner: 'copy' };
const LATE = 300; // seconds that work may wait before somebody should look

function figure(label, value, level, more, to) {
  const shown = [value, more ? h('span', { class: 'more' }, more) : null];
  return h('div', { class: `figure ${level ?? ''}`, 'data-key': label },
    h('dt', null, label),
    h('dd', null, to ? h('a', { href: to }, shown) : shown));
}

function figures(known, { value: status, problem: unknown }) {
  const waiting = status?.lag ?? [];
  const oldest = Math.max(0, ...waiting.map((one) => one.oldestSeconds));
  const events = waiting.reduce((sum, one) => sum + one.events, 0);
  const failed = known.permanent + known.transient;
  return h('dl', { class: 'figures', 'data-key': 'figures' },
    figure('Images', count(known.images), null, `for ${many(known.tags, 'tag', 'tags')}`),
    figure('Mirrored', bytes(known.bytes), null, `${count(known.blobs)} blobs`),
    figure('Copies', count(known.copies), null, 'verified'),
    figure('Short of copies', count(known.short), known.withoutCopy ? 'bad' : known.short ? 'warn' : 'ok', known.withoutCopy ? `${count(known.withoutCopy)} without any` : known.short ? 'each has one or more' : known.images ? 'all have theirs' : 'no images yet'),
    figure('Waiting', status ? count(events) : unknown ? '–' : '…', unknown || oldest > LATE ? 'warn' : status && !events ? 'ok' : null, unknown ? 'not known now' : status ? (events ? `oldest ${span(oldest * 1000)}` : 'nothing waits') : 'being counted'),
    figure('Failures', count(failed), known.permanent ? 'bad' : failed ? 'warn' : 'ok', failed ? `${count(known.permanent)} for good, ${count(known.transient)} tried again` : 'none', '/failures'));
}

function stopped(guards, me) {
  const held = (guards.value ?? []).filter((guard) => !guard.confirmed);
  if (held.length === 0) return null;
  return panel('guards', 'Guards that stop something', null,
    h('ul', { class: 'held' }, held.map((guard) => h('li', { 'data-key': guard.id },
      state('bad', guard.cause), ' ', foreign(guard.line),
      me.decides ? [' ', action('confirm', guard.id, 'Confirm …')] : null))));
}

const QUEUE = [['Stage'], ['Waiting', 'number'], ['Oldest', 'number bar']];

function queues(status) {
  const problem = status.problem ? h('p', { class: 'problem' }, clean(status.problem)) : null;
  const lag = status.value?.lag;
  const longest = Math.max(60, ...(lag ?? []).map((one) => one.oldestSeconds));
  return panel('queues', 'Queues', status.at ? ['counted ', ago(status.at)] : null, problem,
    lag ? table('Events that wait, by stage', QUEUE, lag.map((one) => row(one.service, [
      [STAGES[one.service] ?? one.service, ' ', h('span', { class: 'muted' }, one.service)],
      one.events ? `${one.atLeast ? '≥ ' : ''}${count(one.events)}` : '0',
      one.events ? meter(one.oldestSeconds, longest, span(one.oldestSeconds * 1000), one.oldestSeconds > LATE ? 'warn' : '') : '–',
    ], QUEUE)), 'nothing') : problem ? null : h('p', { class: 'waiting' }, 'being counted …'));
}

const SHORT = [['Image'], ['Mode', 'wide'], ['Copies'], ['State'], ['Since', 'number']];
const LEVELS = { none: ['bad', 'no copy'], 'below-min': ['warn', 'below min'], 'below-wanted': ['busy', 'below wanted'] };

function shortOnes(known) {
  const listed = known.shortImages.slice(0, 12);
  return panel('short', 'Images short of copies', known.short > listed.length ? `the first ${listed.length} of ${count(known.short)}` : null,
    table('Images with fewer copies than wanted', SHORT, listed.map((image) => row(image.imageDag, [
      image.name ? imageLink(image.name) : imageLink(image.imageDag),
      clean(image.mode ?? '–'),
      copies(image.verified, image.wanted),
      state(LEVELS[image.level][0], LEVELS[image.level][1], image.min ? `min ${image.min}` : null),
      least(image.atLeast, since(image.since)),
    ], SHORT)), known.images ? [state('ok', 'every image has the copies that its rule asks for')] : 'No image is mirrored yet. Push one to a registry in the settings.'));
}

const PEERS = [['Peer'], ['State'], ['Copies', 'number'], ['Held', 'number wide'], ['Free', 'number bar'], ['', 'acts']];

function peerState(peer) {
  if (!peer.configured) return state('off', 'not in the settings');
  if (!peer.state) return state('off', 'not recorded yet');
  const levels = { up: 'ok', away: 'warn', lost: 'bad' };
  const more = [];
  if (peer.fullSince) more.push([', full for ', since(peer.fullSince)]);
  if (peer.onHoldSince) more.push([', on hold for ', since(peer.onHoldSince)]);
  if (peer.drainingSince) more.push([', draining for ', since(peer.drainingSince)]);
  const level = peer.state === 'up' && more.length ? 'busy' : levels[peer.state] ?? 'off';
  return [state(level, peer.state), h('span', { class: 'muted' }, ' for ', since(peer.since)), more];
}

export function peers(data, me) {
  const list = data.peers.listed;
  return panel('peers', 'Peers', many(list.filter((peer) => peer.configured).length, 'peer', 'peers'),
    table('Peers that keep copies', PEERS, list.map((peer) => row(peer.name, [
      [foreign(peer.name, 'strong'), ' ', foreign(peer.zone, 'muted')],
      peerState(peer),
      data.peers.at ? count(peer.copies) : '…',
      data.peers.at ? bytes(peer.bytes) : '…',
      peer.totalBytes ? meter(peer.freeBytes, peer.totalBytes, bytes(peer.freeBytes), peer.freeBytes < peer.totalBytes / 10 ? 'warn' : '') : '–',
      me.decides && peer.configured && peer.state ? [
        peer.onHoldSince ? action('unhold', peer.name, 'Unhold …') : action('hold', peer.name, 'Hold …'), ' ',
        peer.drainingSince ? action('undrain', peer.name, 'Undrain …') : action('drain', peer.name, 'Drain …')] : null,
    ], PEERS)), 'No peer keeps copies: add some under peers.'));
}

const SITES = [['Site'], ['Group', 'wide'], ['State'], ['Has', 'number wide'], ['Behind', 'number'], ['Oldest', 'oldest'], ['Done in', 'number'], ['Report', 'number']];
const STATES = { 'report-absent': ['bad', 'report absent'], 'no-group': ['bad', 'without a group'], 'no-report': ['off', 'without a report'], behind: ['warn', 'behind'], paused: ['busy', 'paused'], window: ['busy', 'waits for its window'], 'up-to-date': ['ok', 'up to date'], revoked: ['off', 'revoked'] };

export function siteState(name) {
  const [level, word] = STATES[name] ?? ['off', clean(name)];
  return state(level, word);
}

/** Figures of an old report are lower bounds. */
export function least(isAtLeast, text) {
  return isAtLeast ? ['≥ ', text] : text;
}

export function remaining(left) {
  return left ? h('span', { title: left.measured ? 'by what its line carried lately' : "by its group's limit" }, left.atLeast ? '≥ ' : '~ ', span(left.seconds * 1000)) : '–';
}

export function oldest(its) {
  return its ? [its.name ? [imageLink(its.name), ' '] : null, h('span', { class: 'muted' }, its.atLeast ? '≥ ' : null, since(its.since))] : '–';
}

/** Times that a site tells are wrong by so much. */
export function skewed(seconds) {
  if (!seconds) return null;
  return [' ', state('warn', `clock ${span(Math.abs(seconds) * 1000)} ${seconds < 0 ? 'behind' : 'ahead'}`, "of the hub's")];
}

function siteRow(site) {
  const behind = site.behind?.images || site.atLeast ? site.behind : site.waiting;
  return row(site.site, [
    siteLink(site.site),
    foreign(site.group),
    [siteState(site.state), site.windowOpensAt ? h('span', { class: 'muted' }, ' opens ', ago(site.windowOpensAt)) : null, skewed(site.clockSkewSeconds)],
    site.present ? h('span', { title: many(site.present.images, 'image', 'images') }, bytes(site.present.bytes)) : '–',
    !site.nodes ? '–' : behind.images ? least(site.atLeast, [count(behind.images), h('span', { class: 'muted' }, ` ${bytes(behind.bytes)}`)]) : least(site.atLeast, '0'),
    oldest(site.oldest),
    remaining(site.remaining),
    site.receivedAt ? ago(site.receivedAt) : '–',
  ], SITES);
}

export function siteCounts(sites) {
  return Object.keys(STATES).filter((name) => sites.states?.[name])
    .map((name) => [state(STATES[name][0], `${count(sites.states[name])} ${STATES[name][1]}`), ' ']);
}

export function siteTable(sites, most) {
  if (sites.problem) return h('p', { class: 'problem' }, clean(sites.problem));
  if (sites.hub === undefined) return h('p', { class: 'waiting' }, 'What sites reported is being read …');
  if (!sites.hub) return h('p', { class: 'empty' }, 'Not known here: sites are known where a hub is, or with its settings (section sites).');
  return table('Sites, the worst first', SITES, sites.listed.slice(0, most).map(siteRow), 'No site has joined. longshore site add lets one do so.');
}

function sites(data) {
  const all = data.sites;
  return panel('sites', h('a', { href: '/sites' }, 'Sites'), siteCounts(all), siteTable(all, 10),
    all.count > 10 ? h('p', { class: 'side' }, h('a', { href: '/sites' }, `all ${count(all.count)} sites`)) : null);
}

function notes(status) {
  const value = status.value;
  if (!value) return null;
  const lines = [];
  for (const poll of value.pollTroubles ?? []) lines.push(['warn', 'poll', `${poll.key}: ${poll.error}`]);
  for (const seen of value.notUnderstood ?? []) lines.push(['warn', 'sender', `${seen.sender} for ${seen.registry}: not understood: ${seen.what}`]);
  for (const fill of value.backfills ?? []) lines.push(['busy', 'backfill', `${fill.registry}: ${fill.left === null ? 'being listed' : `${count(fill.left)} of ${many(fill.repositories, 'repository', 'repositories')} left`}${fill.rests ? ', it rests' : ''}`]);
  if (value.settings?.refused) lines.push(['bad', 'settings', `the changed file is not used: ${value.settings.refused}`]);
  for (const one of value.settings?.waiting ?? []) lines.push(['warn', 'settings', `${one} counts after a restart`]);
  for (const peer of value.peers ?? []) if (!peer.up) lines.push(['warn', 'peer', `${peer.peer} is ${peer.state}: ${peer.problem ?? ''}`]);
  if (lines.length === 0) return null;
  return panel('notes', 'Worth a look', null, h('ul', { class: 'held' }, lines.map(([level, what, words]) =>
    h('li', { 'data-key': `${what} ${words}` }, state(level, what), ' ', foreign(words)))));
}

function troubles(known, me) {
  return panel('troubles', h('a', { href: '/failures' }, 'Failures'), known.troubles.length ? 'the newest' : null,
    table('The newest failures', failureColumns, known.troubles.slice(0, 10).map((one) => failureRow(one, me)), [state('ok', 'all work goes on')]));
}

export const view = {
  title(parameters, data) {
    const known = data?.known.value;
    if (!known) return 'Now';
    if (known.withoutCopy) return `■ ${count(known.withoutCopy)} without a copy`;
    if (known.short) return `▲ ${count(known.short)} short of copies`;
    return known.permanent ? `▲ ${many(known.permanent, 'failure', 'failures')}` : 'Now';
  },
  load: () => get('now'),
  render(data, { me }) {
    const known = data.known.value;
    return [
      h('h1', { class: 'hidden', 'data-key': 'title' }, 'What is going on now'),
      data.known.problem ? h('p', { class: 'problem', 'data-key': 'problem' }, clean(data.known.problem)) : null,
      known ? figures(known, data.status) : h('p', { class: 'waiting', 'data-key': 'reading' }, 'The state is being read …'),
      stopped(data.guards, me),
      h('div', { class: 'columns', 'data-key': 'columns' },
        h('div', { class: 'column' }, queues(data.status), known ? shortOnes(known) : null, notes(data.status)),
        h('div', { class: 'column' }, peers(data, me), sites(data))),
      known ? troubles(known, me) : null,
    ];
  },
};
