import { h } from './dom.js';

let ahead = 0; // of this machine's clock, the server's is so many milliseconds

/** Ages are told by the server's clock, as the times are. */
export function clock(at) {
  ahead = Date.parse(at) - Date.now();
}

export function now() {
  return Date.now() + ahead;
}

// Controls, and characters that turn the order of others around or do not show.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** Text of strangers: what would not show, or would have other text look different, is spelled. */
export function clean(text) {
  return String(text ?? '').replace(UNSEEN, (c) => `‹U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);
}

/** The same as an element that keeps its direction to itself. */
export function foreign(text, kind) {
  return h('bdi', { class: kind ?? null }, clean(text));
}

const COUNT = new Intl.NumberFormat('en-GB');

export function count(number) {
  return number === null || number === undefined ? '–' : COUNT.format(number);
}

export function many(number, one, more) {
  return `${count(number)} ${number === 1 ? one : more}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** As commands write it. */
export function bytes(number) {
  if (number === null || number === undefined) return '–';
  let unit = 0;
  let value = number;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A span in its two largest units. */
export function span(millis) {
  const s = Math.max(0, Math.round(millis / 1000));
  if (s < 90) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min`;
  const hours = Math.floor(m / 60);
  if (hours < 48) return m % 60 ? `${hours} h ${m % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

/** A short span, to the millisecond. */
export function lapse(millis) {
  if (Math.abs(millis) < 1000) return `${Math.round(millis)} ms`;
  return Math.abs(millis) < 60000 ? `${(millis / 1000).toFixed(2)} s` : span(millis);
}

function age(at) {
  const past = now() - Date.parse(at);
  return past >= -999 ? `${span(past)} ago` : `in ${span(-past)}`;
}

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** How long ago, with the exact time to those who point at it; it goes on by itself. */
export function ago(at) {
  if (!at) return '–';
  return h('time', { datetime: at, title: `${LOCAL.format(new Date(at))}\n${at}`, 'data-age': '' }, age(at));
}

/** How long since, without "ago". */
export function since(at) {
  if (!at) return '–';
  return h('time', { datetime: at, title: `since ${LOCAL.format(new Date(at))}\n${at}`, 'data-since': '' }, span(now() - Date.parse(at)));
}

export function exact(at) {
  return h('time', { datetime: at, title: at }, LOCAL.format(new Date(at)));
}

export function time(millis) {
  return TIME.format(new Date(millis));
}

/** Lets shown ages pass. */
export function tick() {
  for (const shown of document.querySelectorAll('time[data-age], time[data-since]')) {
    const at = shown.getAttribute('datetime');
    const text = shown.hasAttribute('data-age') ? age(at) : span(now() - Date.parse(at));
    if (shown.textContent !== text) shown.textContent = text;
  }
}

/** A digest or CID by its ends, whole to those who point at it. */
export function brief(text, to) {
  const all = clean(text);
  const colon = all.indexOf(':') + 1;
  const short = all.length - colon > 20 ? `${all.slice(colon, colon + 8)}…${all.slice(-6)}` : all;
  return to
    ? h('a', { href: to, class: 'code', title: all }, short)
    : h('span', { class: 'code', title: all }, short);
}

const GLYPHS = { ok: '●', busy: '◐', warn: '▲', bad: '■', off: '○' };

/** A state: a shape, a colour and a word. */
export function state(level, word, title) {
  return h('span', { class: `state ${level}`, title: title ?? null }, h('span', { class: 'glyph', 'aria-hidden': 'true' }, GLYPHS[level]), ' ', word);
}

/** Copies as one mark each, up to eight. */
export function copies(verified, wanted) {
  const text = `${count(verified)} of ${count(wanted)}`;
  if (wanted > 8) return h('span', { class: 'number' }, text);
  const level = verified >= wanted ? 'ok' : verified === 0 ? 'bad' : 'warn';
  return h('span', { class: `pips ${level}`, title: `${text} copies verified` },
    h('span', { class: 'number' }, text), ' ',
    h('span', { class: 'marks', 'aria-hidden': 'true' }, '●'.repeat(Math.min(verified, 8)) + '○'.repeat(Math.max(0, wanted - verified))));
}

/** A share of a whole as a bar behind its text. */
export function meter(part, whole, text, level) {
  const share = whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 0;
  return h('span', { class: `meter ${level ?? ''}`, vars: { '--share': `${(share * 100).toFixed(1)}%` } }, h('span', null, text));
}

export function imageLink(name) {
  return h('a', { href: `/image?ref=${encodeURIComponent(name)}`, class: 'name', title: clean(name), 'data-row': '' }, split(name));
}

/** The registry and the path are less than the last part with its tag. */
function split(name) {
  const text = clean(name);
  const cut = text.lastIndexOf('/') + 1;
  return [cut > 0 ? h('span', { class: 'path' }, text.slice(0, cut)) : null, h('wbr', null), h('span', null, text.slice(cut))];
}

export function siteLink(name) {
  return h('a', { href: `/site?name=${encodeURIComponent(name)}`, class: 'name', 'data-row': '' }, clean(name));
}

export function action(name, subject, word, more) {
  return h('button', { type: 'button', class: 'quiet', 'data-action': name, 'data-subject': subject, ...more }, word);
}
