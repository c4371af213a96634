// The TV board: swaps what the server drew, lights a new call, and says how old the picture is when the server is silent.

const SILENT_MS = 8_000; // the server speaks at least every 3 s
const LIGHT_MS = 8_000;
const live = document.getElementById("calls");
let heardAt = performance.now();
let call = null;
let dark = 0;

function show(html) {
  heardAt = performance.now();
  if (html !== undefined) live.innerHTML = html; // drawn and escaped by our own template
  const stage = live.querySelector(".board-stage");
  document.getElementById("clock").textContent = stage.dataset.now;
  document.getElementById("date").textContent = stage.dataset.date;
  if (call !== null && stage.dataset.call && stage.dataset.call !== call) light();
  call = stage.dataset.call;
}

function light() {
  clearTimeout(dark);
  document.body.dataset.call = "still";
  void document.body.offsetWidth; // starts the animation anew for a second call in a row
  document.body.dataset.call = "new";
  dark = setTimeout(() => { document.body.dataset.call = "still"; }, LIGHT_MS);
}

function age() {
  const silentMs = performance.now() - heardAt;
  const stale = silentMs > SILENT_MS;
  document.body.dataset.link = stale ? "stale" : "live";
  for (const badge of document.querySelectorAll("[data-when]")) badge.hidden = (badge.dataset.when === "stale") !== stale;
  const seconds = Math.floor(silentMs / 1000);
  document.getElementById("age").textContent = seconds < 120 ? `${seconds} detik` : `${Math.floor(seconds / 60)} menit`;
}

function openLine() {
  const stream = new EventSource("/papan/events");
  stream.onmessage = (event) => show(event.data);
  stream.onerror = () => {
    stream.close();
    setTimeout(openLine, 1_000);
  };
}

show();
setInterval(age, 1_000);
openLine();
