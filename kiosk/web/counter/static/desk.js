// The officer's desk: always shows what is, takes single keys, and never sends the same press twice.

const desk = document.getElementById("desk");
const links = Object.fromEntries([...document.querySelectorAll("[data-link]")].map((link) => [link.dataset.link, link]));
const SILENT_MS = 30_000; // the server speaks at least every 20 s
let heardAt = performance.now();

function linked(live) {
  links.live.hidden = !live;
  links.cut.hidden = live;
}

function openLine() {
  const stream = new EventSource("/loket/konsol/events");
  stream.onmessage = (event) => {
    heardAt = performance.now();
    linked(true);
    const focused = document.activeElement?.dataset?.hotkey;
    desk.innerHTML = event.data; // drawn and escaped by our own template
    if (focused) desk.querySelector(`[data-hotkey="${focused}"]`)?.focus();
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

let sending = false;
addEventListener("submit", (event) => {
  if (sending) event.preventDefault();
  sending = true;
  setTimeout(() => { sending = false; }, 3_000);
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const key = desk.querySelector(`[data-hotkey="${CSS.escape(event.key.toLowerCase())}"]:not([disabled])`);
  if (!key) return;
  event.preventDefault();
  key.form.requestSubmit(key);
});

openLine();
