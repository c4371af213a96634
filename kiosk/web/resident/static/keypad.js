// Keys on the glass for a tracking code; which touches are meant is decided in `touch.js`.
import { guard } from "./touch.js";

const LETTERS = 9;

export function keypad() {
  const form = document.querySelector(".track-form");
  if (!form) return;
  const field = document.getElementById("code");
  guard(form, "[data-key], [data-delete]");

  function write(letters) {
    const bare = letters.replace(/[^0-9A-Z]/gi, "").toUpperCase().slice(0, LETTERS);
    field.value = bare.match(/.{1,3}/g)?.join("-") ?? "";
    field.focus();
  }

  function press(button, act) {
    button.addEventListener("pointerdown", act);
    button.addEventListener("click", (event) => { if (event.detail === 0) act(); }); // by keyboard or switch
  }

  for (const button of form.querySelectorAll("[data-key]")) press(button, () => write(field.value + button.dataset.key));
  press(form.querySelector("[data-delete]"), () => write(field.value.replace(/[^0-9A-Z]/gi, "").slice(0, -1)));
}
