// An alert is shown over everything. A new one takes the whole screen; once the person has left that page on purpose, a
// banner stays on each. The server decides the words: lamp, screen and voice say the same.
import { onAlarm } from "./line.js";

const FULL = "/kiosk/darurat/panggilan";
const ABOUT_IT = [FULL, "/kiosk/darurat/batal", "/kiosk/darurat/"]; // pages on which the alert is at hand

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
    if (state.pending && state.newest > document.body.dataset.alarmSeen && !ABOUT_IT.includes(location.pathname)) {
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
      for (const key of document.querySelectorAll("[data-cancel]")) key.hidden = !state.can_cancel;
    }
    if (banner) {
      banner.hidden = !state.id;
      if (state.id) draw(banner, state.banner);
    }
    if (state.id) tell(state);
  });
}

// What changes every second is told apart from the rest: drawn anew for it, the lamp would lose its rhythm. The server
// counts, by a clock that nobody sets.
function tell(state) {
  for (const place of document.querySelectorAll("[data-tell]")) place.textContent = state[place.dataset.tell];
}
