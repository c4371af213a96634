// The one line to the server. The state of the alarm comes through it, and its breaking is how a page knows at once that
// the machine has lost its power; the page says so, takes no touches, and comes back by itself.

const EVENTS = "/kiosk/alarm/events";
const NOW = "/kiosk/alarm";
const ASK_AGAIN_MS = 500;
const STREAM_AGAIN_MS = 3_000;
const SILENT_MS = 5_000; // the server speaks every second; one that hangs closes nothing
const SAY_SO_AFTER_MS = 700; // a stream that ends by age is back sooner; only a real cut is told

const listeners = new Set();
let down = false;
let sayTimer = 0;
let backHome = () => location.reload();

export const isDown = () => down;
export const onAlarm = (listener) => listeners.add(listener);

/** What to do instead of showing the same page again when the server is back. */
export const whenBack = (action) => { backHome = action; };

export function cut() {
  if (down) return;
  down = true;
  sayTimer = setTimeout(() => { document.getElementById("restart").hidden = false; }, SAY_SO_AFTER_MS);
}

function alive(state) {
  clearTimeout(sayTimer);
  for (const listener of listeners) listener(state);
  if (!down) return;
  if (document.getElementById("restart").hidden) { down = false; return; }
  backHome();
}

async function ask() {
  try {
    const answer = await fetch(NOW, { cache: "no-store", signal: AbortSignal.timeout(2_000) });
    if (answer.ok) {
      alive(await answer.json());
      setTimeout(openLine, STREAM_AGAIN_MS); // all places of the stream may be taken: ask until one is free
      return;
    }
  } catch {
    // no answer is an answer: the server is away
  }
  cut();
  setTimeout(ask, ASK_AGAIN_MS);
}

export function openLine() {
  const stream = new EventSource(EVENTS);
  const over = () => {
    stream.close();
    clearTimeout(silence);
    ask();
  };
  let silence = setTimeout(over, SILENT_MS);
  stream.onerror = over;
  stream.onmessage = (event) => {
    clearTimeout(silence);
    silence = setTimeout(over, SILENT_MS);
    alive(JSON.parse(event.data));
  };
}

addEventListener("click", (event) => {
  if (down && event.target.closest("a, button")) event.preventDefault(); // a dead server would leave the browser's own page
}, true);
