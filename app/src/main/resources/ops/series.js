import { drawn, h, panel, row, table } from './dom.js';
import { count, exact, many, span } from './format.js';

const HIGH = 100;
const HOUR = 3600;
const HOURS = [['Hour from'], ['Longest lag', 'number'], ['Most images behind', 'number']];

/** Behind since nobody knows when has no height, and is drawn as a line at the bottom. */
function bars(series, top, mark) {
  const parts = [];
  series.seconds.forEach((seconds, n) => {
    if (series.known[n] !== mark) return;
    const high = seconds === null ? 2 : seconds === 0 ? 0 : Math.max(1.5, (seconds / top) * HIGH);
    if (high > 0) parts.push(`M${n} ${HIGH}V${(HIGH - high).toFixed(2)}h1V${HIGH}z`);
  });
  return parts.join('');
}

/** Where something is known: it is told from what is not. */
function known(series) {
  return [...series.known].map((mark, n) => (mark === '.' ? '' : `M${n} ${HIGH}h1`)).join('');
}

function longest(list) {
  const some = list.filter((one) => one.known !== '.');
  if (some.length === 0) return null;
  const top = some.reduce((one, other) => ((other.seconds ?? 0.5) > (one.seconds ?? 0.5) ? other : one));
  return { ...top, images: Math.max(...some.map((one) => one.images)) };
}

function words(one) {
  if (!one) return 'not known';
  if (one.seconds === null) return 'behind, since when is not known';
  return `${one.known === '>' ? '≥ ' : ''}${one.seconds === 0 ? 'none' : span(one.seconds * 1000)}`;
}

/** How far a site was behind in the last day; also as a table. */
export function lagOverTime(series, target) {
  const begins = h('span', null, 'known since ', series.since ? exact(series.since) : 'now', ', when this process began to look');
  const points = series.seconds.map((seconds, n) => ({ n, seconds, images: series.images[n], known: series.known[n] }));
  const worst = longest(points);
  if (!series.kept || !worst) return panel('series', 'Lag over time', begins, h('p', { class: 'empty' }, series.kept ? 'Nothing is known of the last day.' : 'Not kept of this site.'));
  const top = Math.max(target ? target * 1.25 : 0, worst.seconds ?? 0, 60);
  const line = target ? HIGH - (target / top) * HIGH : null;
  const from = Date.parse(series.from);
  const each = HOUR / series.stepSeconds;
  const hours = [];
  for (let n = points.length - each; n >= 0; n -= each) {
    const its = longest(points.slice(n, n + each));
    const at = new Date(from + n * series.stepSeconds * 1000).toISOString();
    if (its) hours.push(row(at, [exact(at), words(its), count(its.images)], HOURS));
  }
  const last = points.findLast((one) => one.known !== '.');
  return panel('series', 'Lag over time', begins,
    h('div', { class: 'chart' },
      drawn('svg', { viewBox: `0 0 ${points.length} ${HIGH}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `Age of the oldest image that it lacked, in the last day: at most ${words(worst)}, with at most ${many(worst.images, 'image', 'images')} behind; last ${words(last)}` },
        drawn('path', { class: 'known', d: known(series) }),
        drawn('path', { class: 'exact', d: bars(series, top, '=') }),
        drawn('path', { class: 'at-least', d: bars(series, top, '>') }),
        line === null ? null : drawn('path', { class: 'target', d: `M0 ${line.toFixed(2)}H${points.length}` })),
      h('p', { class: 'scale', 'aria-hidden': 'true' }, h('span', null, '24 h ago'), h('span', null, target ? `up to ${span(top * 1000)}; dashes: lag target, ${span(target * 1000)}` : `up to ${span(top * 1000)}`), h('span', null, 'now'))),
    h('details', null, h('summary', null, 'As a table'), table('Lag by the hour, the last first', HOURS, hours, '')));
}
