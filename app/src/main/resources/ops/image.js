import { h, panel, row, table } from './dom.js';
import { get } from './api.js';
import { stage } from './site.js';
import { skewed } from './now.js';
import { action, ago, brief, bytes, clean, copies, count, exact, foreign, imageLink, lapse, many, meter, siteLink, state } from './format.js';

/** What peers have to be asked for comes later, and only once for each digest. */
async function later(extra, name, key, ask, redraw) {
  if (extra[name]?.key === key) return;
  extra[name] = { key };
  try {
    extra[name] = { key, value: await ask() };
  } catch (error) {
    if (error.status === undefined) throw error;
    extra[name] = { key, problem: error.message };
  }
  redraw();
}

function way(data) {
  const steps = data.way.filter((step) => step.at).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  if (steps.length === 0) return null;
  const times = steps.map((step) => Date.parse(step.at));
  const first = Math.min(...times);
  const whole = Math.max(...times) - first || 1;
  const several = new Set(steps.map((step) => step.mode).filter(Boolean)).size > 1;
  let before = null;
  const rows = steps.map((step) => {
    const at = Date.parse(step.at);
    const sameMode = !before || !step.mode || !before.mode || before.mode === step.mode;
    // The first step took no time that is known; another mode begins where all are observed.
    const from = sameMode ? Date.parse((before ?? step).at) : Date.parse((steps.find((one) => one.step === 'observed') ?? steps[0]).at);
    before = step;
    const left = ((Math.min(from, at) - first) / whole) * 100;
    const width = (Math.abs(at - from) / whole) * 100;
    return h('li', { 'data-key': `${step.step} ${step.mode ?? ''}` },
      h('span', { class: 'step' }, step.step, several && step.mode ? h('span', { class: 'muted' }, ` ${clean(step.mode)}`) : null),
      h('span', { class: 'track', 'aria-hidden': 'true' }, h('span', { class: 'span', vars: { '--left': `${left.toFixed(2)}%`, '--width': `${width.toFixed(2)}%` } })),
      h('span', { class: 'number delta' }, step.step === 'pushed' && !data.pushKnown ? '–' : since(at - first, data.pushKnown)),
      h('span', { class: 'number when' }, exact(step.at)),
      step.clocksDifferSeconds ? h('span', { class: 'odd' }, state('warn', `before what it follows: clocks of two hosts differ by ${lapse(step.clocksDifferSeconds * 1000)} or more`)) : null);
  });
  if (!steps.some((step) => step.step === 'pushed')) {
    rows.unshift(h('li', { 'data-key': 'pushed' },
      h('span', { class: 'step' }, 'pushed'),
      h('span', { class: 'track', 'aria-hidden': 'true' }),
      h('span', { class: 'number delta' }, 'not known'),
      h('span', { class: 'when' }, 'nobody told of it: times are at least')));
  }
  return panel('way', 'Its way', data.traceUrl
    ? h('a', { href: data.traceUrl, rel: 'noopener noreferrer' }, 'trace ', h('span', { class: 'code' }, data.traceId.slice(0, 8)))
    : data.traceId ? ['trace ', brief(data.traceId)] : null,
  h('ol', { class: 'steps' }, rows));
}

/** Since the push, or since the first time that is known: then the push was that long ago, or longer. */
function since(millis, isPushKnown) {
  if (isPushKnown) return millis === 0 ? '0' : `+${lapse(millis)}`;
  return millis === 0 ? '≥ 0' : `≥ ${lapse(millis)}`;
}

const MODES = [['Mode'], ['Copies'], ['Size', 'number'], ['Blobs', 'number wide'], ['Platforms', 'wide'], ['Digest'], ['Root CID', 'wide']];

function modes(found) {
  return panel('modes', 'Modes', null, table('The image in each mode', MODES, found.conversions.map((one) => row(one.imageDag + one.mode, [
    h('span', { class: 'strong' }, clean(one.mode)),
    one.wanted === undefined ? state('off', 'not recorded') : copies(one.verified, one.wanted),
    bytes(one.bytes),
    count(one.blobs),
    clean(one.platforms.join(', ') || '–'),
    brief(one.digest),
    brief(one.root),
  ], MODES)), 'Not converted so far.'),
  found.conversions.some((one) => one.missing.length) ? h('p', { class: 'problem' }, 'Its registry does not serve all of its layers: ', found.conversions.flatMap((one) => one.missing).map((digest) => [brief(digest), ' '])) : null);
}

const COPIES = [['Peer'], ['Zone', 'wide'], ['Mode'], ['State'], ['Bytes', 'number wide'], ['Since', 'number']];
const PHASES = { queued: 'busy', copying: 'busy', verifying: 'busy', verified: 'ok', stalled: 'warn', failed: 'bad', lost: 'bad', mending: 'busy' };

function held(found) {
  const all = found.conversions.flatMap((one) => one.copies.map((copy) => [one, copy]));
  return panel('copies', 'Copies by peer', null, table('Copies by peer', COPIES, all.map(([one, copy]) => row(`${copy.peer} ${one.imageDag}`, [
    foreign(copy.peer, 'strong'),
    foreign(copy.site),
    clean(one.mode),
    [state(PHASES[copy.state] ?? 'off', clean(copy.state)), copy.error ? [' ', foreign(copy.error, 'words')] : null],
    bytes(copy.bytes),
    ago(copy.changedAt),
  ], COPIES)), 'No peer has a copy so far.'));
}

const LAYERS = [['Layer'], ['Size', 'number bar'], ['Before']];

function layers(extra) {
  const its = extra.layers;
  if (!its) return null;
  if (its.problem) return panel('layers', 'Layers', null, h('p', { class: 'empty' }, clean(its.problem)));
  if (!its.value) return panel('layers', 'Layers', null, h('p', { class: 'waiting' }, 'A peer is asked for its manifest …'));
  const { layers: list, before, newBytes, sharedBytes, problem } = its.value;
  const largest = Math.max(1, ...list.map((layer) => layer.bytes));
  const side = before ? (problem ? clean(problem) : [`${bytes(newBytes)} new, ${bytes(sharedBytes)} as in `, brief(before)]) : 'no version before';
  return panel('layers', 'Layers', side, table('Layers', LAYERS, list.map((layer) => row(layer.digest, [
    brief(layer.digest),
    meter(layer.bytes, largest, bytes(layer.bytes), layer.shared ? 'faint' : ''),
    !before ? '–' : layer.shared ? state('off', 'as before') : state('busy', 'new'),
  ], LAYERS)), 'It has none.'));
}

const VERSIONS = [['Digest'], ['Came', 'number'], ['Left', 'number'], ['Learned by', 'wide'], ['Late', 'number wide']];

function versions(data) {
  if (!data.versions?.length) return null;
  return panel('versions', 'History of the tag', many(data.versions.length, 'version', 'versions'),
    table('Versions of the tag', VERSIONS, data.versions.map((one, n) => row(`${one.digest} ${one.hintedAt} ${n}`, [
      brief(one.digest, `/image?ref=${encodeURIComponent(one.digest)}`),
      ago(one.sentAt ?? one.seenAt ?? one.hintedAt),
      one.leftAt ? ago(one.leftAt) : state('ok', 'there now'),
      [clean(one.origin), one.sender ? [' of ', foreign(one.sender)] : null],
      one.lateSeconds === null ? '–' : `${one.lateIsAtLeast ? '≥ ' : ''}${lapse(one.lateSeconds * 1000)}`,
    ], VERSIONS)), ''));
}

const SITES = [['Site'], ['Group', 'wide'], ['There'], ['When', 'number'], ['First pull', 'number'], ['Report', 'number wide']];
const PLACES = { coming: ['busy', 'on its way'], present: ['ok', 'there'], 'on-demand': ['off', 'on demand'], excluded: ['off', 'excluded'], 'not-told': ['off', 'told nothing'] };

/** How long after its push; of what was there before anybody looked, only that. */
function arrival(one, at, isEarlier) {
  if (!at) return isEarlier ? h('span', { class: 'muted', title: 'Since a time that is not known: no report without it was seen.' }, 'not known') : '–';
  const after = Date.parse(at) - Date.parse(one.pushedAt);
  if (!one.pushedAt || after < 0) return ago(at);
  return h('span', { title: exact(at) }, isEarlier && at === one.pulledAt ? '≤ ' : one.pushKnown ? '+' : '≥ ', lapse(after));
}

function sites({ sites: its }) {
  if (its.problem) return panel('sites', 'Sites', null, h('p', { class: 'problem' }, clean(its.problem)));
  if (!its.hub) return panel('sites', 'Sites', null, h('p', { class: 'empty' }, 'Not known here: sites are known where a hub is, or with its settings (section sites).'));
  if (!its.count) return null;
  const counts = Object.keys(PLACES).filter((place) => its.places[place]).map((place) => [state(PLACES[place][0], `${count(its.places[place])} ${PLACES[place][1]}`), ' ']);
  return panel('sites', 'Sites', counts,
    table('The image at each site', SITES, its.listed.map((one) => row(one.site, [
      siteLink(one.site), foreign(one.group), [stage(one), skewed(one.clockSkewSeconds)],
      one.nextAt ? ago(one.nextAt) : arrival(one, one.presentAt, one.stage === 'present'),
      arrival(one, one.pulledAt, one.pulledFirst === false),
      one.receivedAt ? ago(one.receivedAt) : '–',
    ], SITES)), ''),
    its.count > its.listed.length ? h('p', { class: 'side' }, `the first ${count(its.listed.length)} of ${count(its.count)}`) : null);
}

function why(extra) {
  const its = extra.why;
  if (!its) return null;
  if (its.problem) return panel('why', 'Where it stands', null, h('p', { class: 'empty' }, clean(its.problem)));
  if (!its.value) return panel('why', 'Where it stands', null, h('p', { class: 'waiting' }, 'Kafka and the peers are asked …'));
  const { meaning, rule, next, errors, stage } = its.value;
  return panel('why', 'Where it stands', null,
    h('p', null, state(stage === 'there' ? 'ok' : stage === 'forgotten' ? 'off' : 'busy', clean(meaning))),
    h('dl', { class: 'facts' },
      h('dt', null, 'Rule'), h('dd', null, foreign(rule, 'words')),
      stage === 'there' ? null : [h('dt', null, 'Next'), h('dd', null, foreign(next, 'words'))],
      (errors ?? []).map((one) => [h('dt', null, state(one.kind === 'permanent' ? 'bad' : 'busy', clean(one.stage))), h('dd', null, h('span', { class: 'code' }, clean(one.reason)), ' ', foreign(one.message, 'words'))])));
}

export const view = {
  title: ({ ref }) => clean((ref ?? 'Image').split('/').pop()),
  async load({ ref }, extra, redraw) {
    const data = await get('image', { image: ref ?? '' });
    const key = data.found.digest + data.found.conversions.map((one) => one.imageDag).join();
    if (data.found.conversions.length) later(extra, 'layers', key, () => get('layers', { image: ref }), redraw);
    if (data.found.names.includes(ref) || !data.known) later(extra, 'why', `${key}${data.found.complete}${Boolean(data.forgotten)}`, () => get('why', { image: ref }), redraw);
    return data;
  },
  render(data, { me, extra }) {
    const found = data.found;
    const names = found.names.filter((name) => name !== data.asked);
    return [
      h('div', { class: 'title', 'data-key': 'title' },
        h('h1', null, foreign(data.asked)),
        h('p', { class: 'lead' },
          data.forgotten ? state('off', 'forgotten') : !data.known ? state('off', 'not known') : found.complete ? state('ok', 'complete') : state('warn', 'not complete'), ' ',
          found.digest ? [brief(found.digest), ' ', h('button', { type: 'button', class: 'quiet', 'data-copy': found.digest, 'aria-label': 'Copy the digest' }, 'copy')] : null,
          me.decides && data.known && !data.forgotten ? action('forget', data.asked, 'Forget …') : null,
          me.decides && data.forgotten ? action('unforget', data.asked, 'Take the forget back …') : null)),
      data.forgotten ? h('p', { class: 'notice off', 'data-key': 'forgotten' }, 'Forgotten by ', foreign(data.forgotten.by, 'strong'), ' ', ago(data.forgotten.at), ': ', foreign(data.forgotten.reason)) : null,
      h('div', { class: 'columns', 'data-key': 'columns' },
        h('div', { class: 'column' }, way(data), data.known ? modes(found) : null, data.known ? held(found) : null),
        h('div', { class: 'column' }, why(extra), layers(extra), versions(data), sites(data),
          names.length ? panel('names', 'Other names', null, h('ul', { class: 'list' }, names.slice(0, 50).map((name) => h('li', { 'data-key': name }, imageLink(name))))) : null)),
    ];
  },
};
