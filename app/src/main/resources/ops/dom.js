// Elements from values. What is shown comes from strangers, so it is only ever set as text or as an
// attribute of a fixed name; the document's policy forbids everything else.

const ATTRIBUTES = /^(class|href|title|id|for|type|name|value|datetime|scope|colspan|lang|tabindex|role|placeholder|maxlength|autocomplete|autocapitalize|spellcheck|required|disabled|open|rel|(aria|data)-[a-z-]+)$/;

/** An element; properties that are null or false are left out, children may be nested lists. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'vars') {
      for (const [key, number] of Object.entries(value)) element.style.setProperty(key, number);
    } else if (ATTRIBUTES.test(name)) {
      element.setAttribute(name, value === true ? '' : String(value));
    } else {
      throw new Error(`no attribute of this page: ${name}`);
    }
  }
  append(element, children);
  return element;
}

const DRAWN = /^(class|role|d|viewBox|preserveAspectRatio|aria-label)$/;

/** An element of a drawing; all that it shows comes from numbers. */
export function drawn(tag, properties, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(properties)) {
    if (!DRAWN.test(name)) throw new Error(`no attribute of a drawing: ${name}`);
    element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Makes one tree like another, and leaves what is alike in place: focus, selection, scrolling. */
export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) {
    from.replaceWith(to);
    return;
  }
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open' && name !== 'style') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (name !== 'style' && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  if (from.style.cssText !== to.style.cssText) from.style.cssText = to.style.cssText;
  children(from, [...to.childNodes]);
}

function key(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute('data-key') : null;
}

function children(from, wanted) {
  const keyed = new Map();
  const others = [];
  for (const child of from.childNodes) {
    if (key(child) === null) others.push(child);
    else keyed.set(key(child), child);
  }
  let at = from.firstChild;
  for (const child of wanted) {
    let same = key(child) === null
      ? others.find((one) => one.nodeName === child.nodeName)
      : keyed.get(key(child));
    if (same && key(child) === null) others.splice(others.indexOf(same), 1);
    else if (same) keyed.delete(key(child));
    if (!same) {
      from.insertBefore(child, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else from.insertBefore(same, at);
    morph(same, child);
  }
  for (const left of [...others, ...keyed.values()]) left.remove();
}

/** Shows these nodes in a place, instead of what is there; what has the focus keeps it. */
export function show(place, ...nodes) {
  const focused = document.activeElement;
  const wanted = place.cloneNode(false);
  append(wanted, nodes);
  children(place, [...wanted.childNodes]);
  // A row that moves loses it.
  if (focused !== document.activeElement && place.contains(focused)) focused.focus({ preventScroll: true });
}

/** A table with a caption for those who do not see it; a column is [heading, class]. */
export function table(label, columns, rows, empty) {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h('div', { class: 'scroll' },
    h('table', { 'aria-label': label, role: 'table' },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(([text, kind]) =>
        h('th', { scope: 'col', role: 'columnheader', class: kind ?? null }, text === '' ? h('span', { class: 'hidden' }, 'Actions') : text)))),
      h('tbody', { role: 'rowgroup' }, rows)));
}

export function row(id, cells, columns, kind) {
  // On a phone a row is a block, whose cells say their heading and keep their roles.
  return h('tr', { 'data-key': id, class: kind ?? null, role: 'row' }, cells.map((cell, n) =>
    n === 0
      ? h('th', { scope: 'row', role: 'rowheader', class: columns[n][1] ?? null }, cell)
      : h('td', { class: columns[n][1] ?? null, role: 'cell', 'data-heading': columns[n][0] || null }, cell)));
}

/** A part of a view under its own heading. */
export function panel(id, title, side, ...content) {
  return h('section', { class: `panel ${id}`, 'aria-labelledby': `${id}-title`, 'data-key': id },
    h('div', { class: 'head' }, h('h2', { id: `${id}-title` }, title), side ? h('p', { class: 'side' }, side) : null),
    content);
}
