// A date by touch: day, month and year, one after the other, each changed again by touching it.
import { guard } from "./touch.js";

const ORDER = ["day", "month", "year"];

export function dates() {
  const form = document.querySelector("[data-date]");
  if (!form) return;
  const months = form.dataset.months.split("|");
  const slot = (part) => form.querySelector(`[data-slot="${part}"]`);
  const value = (part) => form.elements[part];

  function open(part) {
    for (const each of ORDER) {
      form.querySelector(`[data-part="${each}"]`).hidden = each !== part;
      slot(each).setAttribute("aria-pressed", each === part ? "true" : "false");
    }
    mark(part);
  }

  function mark(part) {
    const held = value(part).value;
    slot(part).querySelector("[data-shown]").textContent = part === "month" && held ? months[Number(held) - 1] : held && String(Number(held));
    for (const key of form.querySelectorAll(`[data-part="${part}"] [data-value]`)) {
      key.setAttribute("aria-pressed", part !== "year" && held && Number(key.dataset.value) === Number(held) ? "true" : "false");
    }
  }

  function choose(part, given) {
    if (part === "year") value("year").value = given === "delete" ? value("year").value.slice(0, -1) : (value("year").value + given).slice(0, 4);
    else value(part).value = given.padStart(2, "0");
    mark(part);
    if (part !== "year") open(ORDER[ORDER.indexOf(part) + 1]);
  }

  for (const part of ORDER) {
    const grid = form.querySelector(`[data-part="${part}"]`);
    guard(grid, "[data-value]");
    for (const key of grid.querySelectorAll("[data-value]")) {
      key.addEventListener("pointerdown", () => choose(part, key.dataset.value));
      key.addEventListener("click", (event) => { if (event.detail === 0) choose(part, key.dataset.value); });
    }
    slot(part).addEventListener("click", () => {
      if (part === "year") value("year").value = "";
      open(part);
    });
    mark(part);
  }
  open(ORDER.find((part) => !value(part).value) ?? "day");
}
