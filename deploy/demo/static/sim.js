// The page of the simulated box: shows what the demo tells about it, and turns touches into its switches.
// All that is seen follows from data-* attributes of <body> (sim.css); this file only sets them.

import { follow, send } from "./state.js";
import { Buzzer } from "./buzzer.js";
import { Knocks } from "./knocks.js";
import { Phones, showCentre } from "./phones.js";
import { Voice } from "./voice.js";
import { Story } from "./story.js";
import { showProof } from "./proof.js";
import { picture } from "./picture.js";

const body = document.body;
const byId = (id) => document.getElementById(id);
const story = new Story(byId("log"));
const knocks = new Knocks();
const buzzer = new Buzzer();
const voice = new Voice((quiet) => {
  body.dataset.speaker = quiet ? "on" : "off"; // waves before the loudspeaker while it speaks
  knocks.hush(quiet);
  buzzer.hush(quiet);
});
const phones = new Phones(byId("texts"), byId("answer"), (text) => ask("/sim/sms", text));
const FEED_MS = 1400;
let printed = null;
let kioskWell = false;
let shownPower = null;

function show(state) {
  body.dataset.live = "yes";
  body.dataset.lamp = state.lamp;
  body.dataset.siren = state.siren ? "on" : "off";
  body.dataset.network = state.network;
  body.dataset.paper = state.paper;
  body.dataset.power = state.power === "on" ? "on" : "off";
  byId("screen-message").textContent = state.message;
  byId("screen-note").textContent = state.message && state.alert ? state.alert.shown.detail : "";
  check("network", state.network);
  check("paper", state.paper);
  check("ways", state.other_ways);
  byId("power").disabled = state.power !== "on";
  showPower(state.power);
  kioskWell = state.power === "on" && state.parts.kiosk.well;
  showScreen();
  showPaper(state.printed);
  showProof(state.alert);
  story.tell(state);
  knocks.follow(state.siren, state.rhythm);
  buzzer.follow(state.lamp, state.buzzer);
  voice.follow(state.voice);
  phones.show(state.sms);
  showCentre(byId("centre-log"), byId("centre-words"), state.centre);
}

function showPower(power) {
  if (power === shownPower) return;
  shownPower = power;
  byId("power-words").textContent = power === "on" ? "Menyala" : "Padam, menyala lagi…";
}

function check(name, value) {
  for (const choice of document.getElementsByName(name)) choice.checked = choice.value === value;
}

// The real screen of the kiosk, small; not while nobody looks (see picture.js), nor inside the front page's own frames.
function showScreen() {
  picture(byId("screen"), kioskWell && !document.hidden && window.top === window);
}

function showPaper(count) {
  if (count === printed) return;
  const fresh = printed !== null && count > printed;
  printed = count;
  if (count === 0) return;
  byId("paper").src = `/sim/paper.png?printed=${count}`;
  if (!fresh) return;
  delete body.dataset.printing;
  byId("paper").addEventListener("load", feed, { once: true });
}

function feed() {
  body.dataset.printing = "yes";
  setTimeout(() => delete body.dataset.printing, FEED_MS);
}

async function ask(path, wish) {
  byId("trouble").hidden = true;
  try {
    return await send(path, wish);
  } catch (trouble) {
    byId("trouble").textContent = trouble.message;
    byId("trouble").hidden = false;
    return null;
  }
}

// The button. A finger comes and goes; the bridge, not this page, decides whether that was a press.
const panic = byId("panic");

function hold(held) {
  if ((body.dataset.holding === "yes") === held) return;
  if (held) body.dataset.holding = "yes";
  else delete body.dataset.holding;
  ask("/sim/button", { input: "panic", held });
}

panic.addEventListener("pointerdown", (event) => {
  panic.setPointerCapture(event.pointerId);
  hold(true);
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) panic.addEventListener(end, () => hold(false));
panic.addEventListener("keydown", (event) => {
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  hold(true);
});
panic.addEventListener("keyup", () => hold(false));
panic.addEventListener("blur", () => hold(false));
panic.addEventListener("contextmenu", (event) => event.preventDefault());
// A click that no finger and no key made comes from assistive technology, which cannot hold.
panic.addEventListener("click", (event) => {
  if (event.detail === 0) ask("/sim/button", { input: "panic", hold_s: 1.2 });
});
addEventListener("pagehide", () => hold(false));

// Hidden under the counter in life: nothing at the box may show that it was pressed.
byId("silent").addEventListener("click", () => ask("/sim/button", { input: "silent", hold_s: 1.2 }));

// The switches.
byId("switches").addEventListener("submit", (event) => event.preventDefault());
byId("switches").addEventListener("change", ({ target }) => {
  if (target.name === "network") ask("/sim/network", { mode: target.value });
  if (target.name === "paper") ask("/sim/printer", { paper: target.value });
});
byId("ways-switch").addEventListener("change", ({ target }) => ask("/sim/ways", { mode: target.value }));
byId("power").addEventListener("click", async () => {
  byId("power").disabled = true;
  const cut = await ask("/sim/power", { cut: true });
  byId("power").disabled = false;
  if (cut) story.add("plug", `Kios menjawab lagi ${cut.took_s.toFixed(1).replace(".", ",")} detik setelah listrik padam.`);
});
byId("sound").addEventListener("click", ({ currentTarget }) => {
  const on = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(on));
  knocks.allow(on);
  buzzer.allow(on);
  voice.allow(on);
});

document.addEventListener("visibilitychange", showScreen);

follow(show, () => {
  body.dataset.live = "no";
  story.lost();
});
