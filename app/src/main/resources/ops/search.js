import { h, panel } from './dom.js';
import { get } from './api.js';
import { clean, imageLink, siteLink, foreign } from './format.js';

export const view = {
  title: (parameters) => `${clean(parameters.text ?? '')} – search`,
  load: ({ text }) => (text ? get('search', { text }) : Promise.resolve({ asked: '', exact: false, names: [], peers: [], sites: [], more: false })),
  render(data) {
    const found = data.names.length + data.peers.length + data.sites.length + (data.exact ? 1 : 0);
    return [h('h1', { 'data-key': 'title' }, 'Search: ', h('bdi', { class: 'code' }, clean(data.asked))),
      found === 0 ? h('p', { class: 'empty', 'data-key': 'none' }, 'Nothing of that name, digest or CID is known. ', h('a', { href: `/image?ref=${encodeURIComponent(data.asked)}` }, 'Why?')) : null,
      data.exact ? panel('exact', 'Exactly this', null, h('p', null, imageLink(data.asked))) : null,
      data.names.length ? panel('names', 'Names', data.more ? `the first ${data.names.length}` : null, h('ul', { class: 'list' }, data.names.map((name) => h('li', { 'data-key': name }, imageLink(name))))) : null,
      data.sites.length ? panel('sites', 'Sites', null, h('ul', { class: 'list' }, data.sites.map((name) => h('li', { 'data-key': name }, siteLink(name))))) : null,
      data.peers.length ? panel('peers', 'Peers', null, h('ul', { class: 'list' }, data.peers.map((name) => h('li', { 'data-key': name }, foreign(name))))) : null];
  },
};
