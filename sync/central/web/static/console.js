// The console's script: brings the parts together. Each part is one small module; none knows of the others.

import { listen } from "./console/stream.js";
import { replace } from "./console/swap.js";
import { Choice } from "./console/choice.js";
import { Siren } from "./console/siren.js";
import { tick, correctClock } from "./console/times.js";
import { answerByForm } from "./console/answer.js";

const STALE_AFTER_MS = 20_000; // then this screen may be blind, and must say so loudly
const body = document.body;
const title = `${body.dataset.post} · Kentongan`;
const choice = new Choice(document);
const siren = new Siren(document.getElementById("sound"));
let heardAt = performance.now();
let ringing = [];

function show(frame) {
  heardAt = performance.now();
  correctClock(frame.now_ms);
  for (const [name, html] of Object.entries(frame.parts)) replace(document.getElementById(name), html);
  body.dataset.unanswered = frame.unanswered;
  document.title = frame.unanswered ? `(${frame.unanswered}) ${title}` : title;
  ringing = frame.ringing;
  choice.keep(ringing);
  look();
}

function look() {
  tick(document);
  const silent = performance.now() - heardAt;
  const stale = silent > STALE_AFTER_MS;
  body.dataset.link = stale ? "stale" : "live";
  const badge = document.getElementById("link-state");
  badge.dataset.state = stale ? "alarm" : "ok";
  badge.querySelector("span").textContent = `${stale ? badge.dataset.stale : badge.dataset.live} ${Math.floor(silent / 1000)} dtk`;
  document.getElementById("stale").hidden = !stale;
  document.getElementById("stale-age").textContent = `${Math.floor(silent / 1000)} detik`;
  siren.set(ringing.length > 0, stale);
}

correctClock(Number(body.dataset.nowMs));
choice.watch();
answerByForm(document, document.querySelector('meta[name="csrf"]').content, document.getElementById("said"));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key.toLowerCase() !== "t" || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const form = choice.toAcknowledge();
  if (form) form.requestSubmit();
});
listen("/posko/events", "/posko/keadaan", show);
setInterval(look, 500);
look();
