// Keys on the glass for a tracking code. The same key within 120 ms is a trembling finger, not two letters.

const TREMBLE_MS = 120;
const LETTERS = 9;

export function keypad() {
  const pad = document.querySelector(".keypad");
  if (!pad) return;
  const field = document.getElementById("code");
  let last = { key: "", at: 0 };

  function write(letters) {
    const bare = letters.replace(/[^0-9A-Z]/gi, "").toUpperCase().slice(0, LETTERS);
    field.value = bare.match(/.{1,3}/g)?.join("-") ?? "";
    field.focus();
  }

  function press(button, act) {
    button.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps its focus
      const key = button.dataset.key ?? "delete";
      if (!event.isPrimary || (key === last.key && event.timeStamp - last.at < TREMBLE_MS)) return;
      last = { key, at: event.timeStamp };
      act();
    });
    button.addEventListener("click", (event) => { if (event.detail === 0) act(); }); // by keyboard or switch
  }

  for (const button of pad.querySelectorAll("[data-key]")) press(button, () => write(field.value + button.dataset.key));
  press(document.querySelector("[data-delete]"), () => write(field.value.replace(/[^0-9A-Z]/gi, "").slice(0, -1)));
}
