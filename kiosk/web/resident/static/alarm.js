// An alert is shown over everything. A new one takes the whole screen; once the person has left that page on purpose, a
// banner stays on each. The server decides the words: lamp, screen and voice say the same.
import { onAlarm } from "./line.js";

const FULL = "/kiosk/darurat/panggilan";
const FULL_PAGES = [FULL, "/kiosk/darurat/batal"];

export function watchAlarm() {
  const banner = document.querySelector('[data-alarm="banner"]');
  const full = document.querySelector('[data-alarm="full"]');
  const shown = new Map();

  function draw(place, html) {
    if (shown.get(place) !== html) {
      shown.set(place, html);
      place.innerHTML = html; // drawn and escaped by our own template
    }
  }

  onAlarm((state) => {
    document.body.dataset.alarmPending = state.pending ? "yes" : "no";
    if (state.pending && state.newest > document.body.dataset.alarmSeen && !FULL_PAGES.includes(location.pathname)) {
      location.replace(FULL);
      return;
    }
    if (full && !state.id) {
      location.replace("/kiosk/");
      return;
    }
    if (full) {
      document.body.dataset.stage = state.look;
      draw(full, state.full);
      for (const key of document.querySelectorAll("[data-while-open]")) key.hidden = !state.open;
      tick();
    }
    if (banner) {
      banner.hidden = !state.id;
      draw(banner, state.banner);
    }
  });
  setInterval(tick, 250);
  tick();
}

// Browser and server are one machine, so the wall clock is the same; a negative age would only mean that it was set.
function tick() {
  for (const since of document.querySelectorAll("[data-raised-ms]")) {
    const until = Number(since.dataset.untilMs || Date.now());
    const seconds = Math.max(0, Math.floor((until - Number(since.dataset.raisedMs)) / 1000));
    const two = (value) => String(value).padStart(2, "0");
    since.textContent = `${two(Math.floor(seconds / 60))}.${two(seconds % 60)}`;
  }
}
