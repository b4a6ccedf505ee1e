// The stream of events. It says that something changed, never what; whoever shows something asks
// for it again. A page that nobody sees has no stream: browsers have few connections to a server.

const SILENCE = 12000; // two events are missing
const HIDDEN = 30000;
const LONGEST_PAUSE = 5000;

let source = null;
let last = 0;
let watchdog = 0;
let pause = 0;
let retry = 0;
let hiding = 0;
let told = { connected: null, since: 0 };
let listener = null;
let listening = false;

function tell(connected) {
  if (told.connected === connected) return;
  told = { connected, since: connected ? Date.now() : last || Date.now() };
  listener.state(told);
}

function heard(event) {
  last = Date.now();
  pause = 0;
  clearTimeout(watchdog);
  watchdog = setTimeout(lost, SILENCE);
  tell(true);
  const data = JSON.parse(event.data);
  if (event.type === 'hello') listener.hello(data.version);
  else listener.event(event.type, data.at);
}

function close() {
  clearTimeout(watchdog);
  clearTimeout(retry);
  if (source) source.close();
  source = null;
}

function lost() {
  const whole = source !== null && Date.now() - last < SILENCE / 2 && told.connected === true;
  close();
  // A stream that was ended in order is opened again before anybody is told.
  pause = whole && pause === 0 ? 1 : Math.min(LONGEST_PAUSE, Math.max(500, pause * 2));
  if (pause > 1) {
    tell(false);
    listener.lost();
  }
  retry = setTimeout(open, pause);
}

function open() {
  close();
  if (document.hidden) return;
  source = new EventSource('/api/live');
  for (const type of ['hello', 'change', 'beat']) source.addEventListener(type, heard);
  source.addEventListener('error', lost);
  watchdog = setTimeout(lost, SILENCE);
}

/**
 * Begins; the listener has state({connected, since}), lost() at each try that fails, hello(version)
 * and event(type, at).
 */
export function follow(its) {
  listener = its;
  if (listening) return open();
  listening = true;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN);
    else if (!source) {
      pause = 0;
      open();
    }
  });
  addEventListener('online', open);
  addEventListener('offline', () => {
    close();
    tell(false);
  });
  // A page that is kept for the way back would keep its connection, too.
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => event.persisted && open());
  open();
}

/** A request got no answer: the stream may not know it yet. */
export function broken() {
  if (source) lost();
}

export function stop() {
  close();
  told = { connected: null, since: 0 };
}
