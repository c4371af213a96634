// The resident's screen: what every page of it does. The server draws; this keeps the page true and leaves nothing behind.
import { watchAlarm } from "./alarm.js";
import { dates } from "./dates.js";
import { keepForms } from "./forms.js";
import { watchIdle } from "./idle.js";
import { keypad } from "./keypad.js";
import { openLine } from "./line.js";
import { turnPages } from "./pages.js";
import { readAloud } from "./reading.js";
import { watchTicket } from "./ticket.js";
import { clickBesideAPalm } from "./touch.js";
import { typing } from "./typing.js";

// A page that comes out of the history may be the last person's: it is replaced before it is read.
addEventListener("pageshow", (event) => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (event.persisted || navigation?.type === "back_forward") location.replace("/kiosk/");
});
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("dragstart", (event) => event.preventDefault());

function runClock(clock) {
  const began = performance.now();
  const atMs = Number(clock.dataset.clockMs) + Number(clock.dataset.offsetH) * 3_600_000;
  setInterval(() => {
    const site = new Date(atMs + performance.now() - began); // shifted, so that UTC fields read as the site's time
    const two = (value) => String(value).padStart(2, "0");
    clock.textContent = `${two(site.getUTCHours())}.${two(site.getUTCMinutes())}`;
  }, 5_000);
}

runClock(document.querySelector("[data-clock-ms]"));
keepForms();
watchAlarm();
watchIdle();
watchTicket();
keypad();
typing();
dates();
turnPages();
readAloud();
clickBesideAPalm();
document.querySelector("[data-focus]")?.focus();
openLine();
