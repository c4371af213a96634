// The front page: which parts are well, and a live picture of each.
// The pictures are the parts' own pages in frames.

import { follow } from "./state.js";
import { picture } from "./picture.js";

const WORDS = { ok: ["check", "Sehat"], idle: ["clock", "Menyala…"], alarm: ["warning", "Diam"] };
let stream = null;

function show(state) {
  for (const card of document.querySelectorAll(".part")) {
    const part = state.parts[card.dataset.part];
    mark(card.querySelector(".part-health"), part);
    picture(card.querySelector("iframe"), part?.well);
  }
  const list = document.getElementById("processes");
  list.replaceChildren(...Object.entries(state.parts).map(([name, part]) => process(name, part)));
}

function stateOf(part) {
  if (part?.well) return "ok";
  return !part || part.state === "failed" ? "alarm" : "idle";
}

function mark(badge, part) {
  const state = stateOf(part);
  if (badge.dataset.state === state && badge.dataset.told) return;
  const [sign, words] = WORDS[state];
  badge.dataset.state = state;
  badge.dataset.told = "yes";
  const text = document.createElement("span");
  text.textContent = words;
  badge.replaceChildren(document.getElementById(`sign-${sign}`).content.cloneNode(true), text);
}

function process(name, part) {
  const item = document.createElement("li");
  const badge = document.createElement("span");
  badge.className = "badge";
  mark(badge, part);
  badge.querySelector("span").textContent = part.failures ? `${name} · ${part.failures} kali berhenti` : name;
  item.append(badge);
  return item;
}

function lost() {
  for (const badge of document.querySelectorAll(".part-health")) mark(badge, null);
  for (const frame of document.querySelectorAll("iframe")) picture(frame, false);
}

function look() {
  if (document.hidden) {
    stream?.close();
    stream = null;
    for (const frame of document.querySelectorAll("iframe")) picture(frame, false);
  } else {
    stream ??= follow(show, lost);
  }
}

document.addEventListener("visibilitychange", look);
addEventListener("pagehide", () => stream?.close());
look();
