// The officer's desk: always shows what is, takes single keys, and never sends the same press twice.

const desk = document.getElementById("desk");
const links = Object.fromEntries([...document.querySelectorAll("[data-link]")].map((link) => [link.dataset.link, link]));
const SILENT_MS = 30_000; // the server speaks at least every 20 s
let heardAt = performance.now();

function linked(live) {
  links.live.hidden = !live;
  links.cut.hidden = live;
}

let waiting = null;

function show(html) {
  waiting = null;
  const focused = document.activeElement?.dataset?.hotkey;
  const result = desk.querySelector("#result")?.value;
  const seen = desk.querySelector(".desk-stage")?.dataset.seen;
  desk.innerHTML = html; // drawn and escaped by our own template
  if (focused) desk.querySelector(`[data-hotkey="${focused}"]`)?.focus();
  const chosen = desk.querySelector("#result");
  if (chosen && result && desk.querySelector(".desk-stage").dataset.seen === seen) chosen.value = result;
}

desk.addEventListener("focusout", () => { if (waiting !== null) show(waiting); });

function openLine() {
  const stream = new EventSource("/loket/konsol/events");
  stream.onmessage = (event) => {
    heardAt = performance.now();
    linked(true);
    if (document.activeElement?.id === "result") waiting = event.data; // somebody is choosing
    else show(event.data);
  };
  stream.onerror = async () => {
    stream.close();
    linked(false);
    setTimeout(openLine, 1_000);
    try {
      const page = await fetch("/loket/konsol", { cache: "no-store", redirect: "manual" });
      if (page.type === "opaqueredirect") location.assign("/loket/"); // the session has ended
    } catch {
      // still away: the badge says so
    }
  };
}

setInterval(() => linked(performance.now() - heardAt < SILENT_MS && links.cut.hidden), 1_000);

// A question is filled from the key that opened it and from what the desk shows at that moment.
function ask(key) {
  const dialog = document.getElementById(key.dataset.opens);
  const known = { seen: desk.querySelector(".desk-stage").dataset.seen, ...key.dataset };
  for (const field of dialog.querySelectorAll("[data-fill]")) field.value = known[field.dataset.fill] ?? "";
  for (const place of dialog.querySelectorAll("[data-fill-text]")) place.textContent = known[place.dataset.fillText] ?? "";
  dialog.showModal();
  dialog.querySelector("select, input:not([type=hidden])")?.focus();
}

addEventListener("click", (event) => {
  const key = event.target.closest("[data-opens]");
  if (key) ask(key);
});

// A press is sent once and answered with the desk as it is then; the page is never loaded anew, so no key is lost.
// Whatever cannot be sent this way (no network, an ended session) goes the way of every form.
let sending = false;
let sentKey = "";
let nextKey = ""; // a second key that came while the first was on its way; the same key twice is one press

addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "dialog" || !form.action.includes("/konsol/")) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Desk": "1" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    form.closest("dialog")?.close();
    form.closest("dialog")?.querySelectorAll("input:not([type=hidden])").forEach((field) => { field.value = ""; });
    say(told.said);
    show(told.desk);
  } catch {
    location.assign("/loket/konsol");
  } finally {
    sending = false;
    const key = nextKey;
    sentKey = nextKey = "";
    if (key) press(key);
  }
});

function say(words) {
  const place = document.getElementById("said");
  place.hidden = !words;
  place.querySelector("span").textContent = words;
}

function press(name) {
  const key = document.querySelector(`[data-hotkey="${CSS.escape(name)}"]:not([disabled])`);
  if (!key) return;
  sentKey = name;
  if (key.dataset.opens) ask(key);
  else key.form.requestSubmit(key);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea")) return;
  const name = event.key.toLowerCase();
  if (!document.querySelector(`[data-hotkey="${CSS.escape(name)}"]`)) return;
  event.preventDefault();
  if (!sending) press(name);
  else if (name !== sentKey) nextKey = name;
});

openLine();
