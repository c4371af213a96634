// The TV board: swaps what the server drew, lights calls one by one, and says how old the picture is when the server is
// silent. After a cut the stream goes on behind the last call that was had.

import { CallQueue } from "./calls.js";

const SILENT_MS = 8_000; // the server speaks at least every 5 s
const live = document.getElementById("calls");
const soundKey = document.getElementById("sound");
let heardAt = performance.now();
let lastCall = document.body.dataset.since;
let picture = null;

const queue = new CallQueue(light, () => soundOn());
queue.seen = Number(lastCall);
window.calls = queue;

function show(html) {
  heardAt = performance.now();
  if (html !== undefined) live.innerHTML = html; // drawn and escaped by our own template
  const stage = live.querySelector(".board-stage");
  document.getElementById("clock").textContent = stage.dataset.now;
  document.getElementById("date").textContent = stage.dataset.date;
  if (picture) stageCall(picture);
}

// The stage shows the call whose turn it is, which may be older than the newest picture.
function stageCall(call) {
  const place = live.querySelector(".calling");
  const parts = [place.querySelector(".calling-number"), place.querySelector(".calling-where span")];
  if (parts.includes(null)) return;
  parts[0].textContent = call.number;
  parts[1].textContent = `Loket ${call.counter}`;
  const same = place.dataset.number === call.number;
  const service = place.querySelector(".calling-service");
  if (service && !same) service.textContent = "";
}

function light(call, waiting) {
  picture = call;
  live.dataset.waiting = waiting.length;
  if (call === null) {
    document.body.dataset.call = "still";
    return;
  }
  stageCall(call);
  document.body.dataset.call = "still";
  void document.body.offsetWidth; // starts the animation anew for a second call in a row
  document.body.dataset.call = "new";
}

function age() {
  const silentMs = performance.now() - heardAt;
  const stale = silentMs > SILENT_MS;
  document.body.dataset.link = stale ? "stale" : "live";
  for (const badge of document.querySelectorAll("[data-when]")) badge.hidden = (badge.dataset.when === "stale") !== stale;
  const seconds = Math.floor(silentMs / 1000);
  document.getElementById("age").textContent = seconds < 120 ? `${seconds} detik` : `${Math.floor(seconds / 60)} menit`;
}

function soundOn() {
  return soundKey.getAttribute("aria-pressed") === "true";
}

function setSound(on) {
  soundKey.setAttribute("aria-pressed", on);
  soundKey.querySelector("span").textContent = on ? "Suara hidup" : "Suara mati";
  localStorage.setItem("suara", on ? "1" : "0"); // how this television is used, nothing about anybody
}

let stream = null;

function openLine() {
  stream?.close();
  stream = new EventSource(`/papan/events?sejak=${lastCall}${soundOn() ? "&suara=1" : ""}`);
  const mine = stream;
  mine.onmessage = (event) => show(event.data);
  mine.addEventListener("call", (event) => {
    heardAt = performance.now();
    lastCall = event.lastEventId;
    queue.take(JSON.parse(event.data));
  });
  mine.onerror = () => {
    mine.close();
    if (mine === stream) setTimeout(() => { if (mine === stream) openLine(); }, 1_000);
  };
}

soundKey.addEventListener("click", () => { setSound(!soundOn()); openLine(); });
setSound(new URLSearchParams(location.search).get("suara") === "1" || localStorage.getItem("suara") === "1");
show();
setInterval(age, 1_000);
openLine();
