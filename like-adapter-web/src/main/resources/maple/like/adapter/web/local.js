'use strict';

const ROWS_EVERY = 1000;
const RETRY_AFTER = 1000;
const API = 'api/v2/characters/';

const list = document.getElementById('characters');
const template = document.getElementById('card');
const state = document.getElementById('state');
const cards = new Map();
let token = '';
let stream = null;
let statusWanted = false;
let readingStatus = false;
let toggles = 0;

const account = () => document.querySelector('input[name=account]:checked').value;
const names = () => [...cards.keys()].slice(0, 100);
const query = () => names().map(name => 'userIgn=' + encodeURIComponent(name)).join('&');
const say = text => { if (state.textContent !== text) state.textContent = text; };

/** Tokens end with the process that issued them. */
async function authorized(path, method = 'GET') {
  for (const renewed of [false, true]) {
    if (!token || renewed) {
      token = await (await fetch('local/token?account=' + account())).text();
    }
    const answer = await fetch(path, {method, headers: {Authorization: 'Bearer ' + token}});
    if (answer.status !== 401) {
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.detail || body.title);
      return body.data;
    }
  }
  throw new Error('The token is refused');
}

function show(name, {likeCount, liked}) {
  const card = cards.get(name);
  if (!card) return;
  if (likeCount !== undefined) card.querySelector('.count').textContent = likeCount.toLocaleString();
  const button = card.querySelector('button');
  if (liked !== undefined) button.setAttribute('aria-pressed', liked);
  const pressed = button.getAttribute('aria-pressed') === 'true';
  button.setAttribute('aria-label', `Like ${name}: ${card.querySelector('.count').textContent} likes${pressed ? ', yours too' : ''}`);
}

function add(name) {
  const card = template.content.firstElementChild.cloneNode(true);
  card.querySelector('.name').textContent = name;
  card.querySelector('button').addEventListener('click', () => toggle(name, card.querySelector('button')));
  cards.set(name, card);
  list.append(card);
}

/** Says what the state is to be, so that a repeated click or request does no harm. */
async function toggle(name, button) {
  const method = button.getAttribute('aria-pressed') === 'true' ? 'DELETE' : 'PUT';
  const caller = account();
  try {
    const status = await authorized(API + encodeURIComponent(name) + '/like', method);
    toggles++;
    if (caller === account()) show(name, status);
    say('');
  } catch (e) {
    say('Not changed: ' + e.message);
  }
}

/** Another window of the same account may have changed what is liked. What was read before a toggle is read again. */
async function readStatus() {
  statusWanted = true;
  if (readingStatus || cards.size === 0) return;
  readingStatus = true;
  try {
    while (statusWanted) {
      statusWanted = false;
      const before = toggles;
      const {characters} = await authorized(API + 'likes?' + query());
      if (before === toggles) characters.forEach(each => show(each.userIgn, each));
      else statusWanted = true;
    }
  } catch (e) {
    say('Not read: ' + e.message);
  } finally {
    readingStatus = false;
  }
}

function watch() {
  if (stream) stream.close();
  stream = new EventSource(API + 'likes/stream?' + query());
  stream.onopen = () => { say(''); readStatus(); };
  stream.addEventListener('count', event => {
    const {userIgn, likeCount} = JSON.parse(event.data);
    show(userIgn, {likeCount});
    readStatus();
  });
  stream.onerror = () => {
    say('The service does not answer. This page goes on as soon as it does.');
    if (stream.readyState === EventSource.CLOSED) setTimeout(watch, RETRY_AFTER);
  };
}

async function readRows() {
  try {
    const rows = await (await fetch('local/rows')).json();
    const before = cards.size;
    rows.forEach(({userIgn, rows: stored}) => {
      if (!cards.has(userIgn)) add(userIgn);
      cards.get(userIgn).querySelector('.rows').textContent = `${stored} row${stored === 1 ? '' : 's'} in the database`;
    });
    if (cards.size !== before) watch();
  } catch (e) {
    // The stream reports an outage.
  } finally {
    setTimeout(readRows, ROWS_EVERY);
  }
}

function choose() {
  token = '';
  history.replaceState(null, '', '#' + account());
  readStatus();
}

const chosen = document.querySelector(`input[value="${location.hash === '#B' ? 'B' : 'A'}"]`);
chosen.checked = true;
document.getElementById('accounts').addEventListener('change', choose);
readRows();
