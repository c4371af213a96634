// Forms that must not be lost or doubled. A second touch is ignored; when the machine loses its power in the middle, the
// same form with the same key is sent again until it is answered, and the key makes it one ticket.
import { cut, whenBack } from "./line.js";

const AGAIN_MS = 400;
const SETTLE_MS = 250; // the second half of a double tap falls on the page that the first has opened

export function keepForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent || event.timeStamp < SETTLE_MS) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (!("keep" in form.dataset)) return;
    event.preventDefault();
    send(form, new URLSearchParams(new FormData(form, event.submitter)));
  });
  const problem = document.getElementById("problem");
  problem.querySelector("[data-close]").addEventListener("click", () => problem.close());
}

async function send(form, body) {
  whenBack(() => {}); // this form's own answer decides where to go
  for (;;) {
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") { location.replace(form.dataset.then); return; }
      const why = (await answer.json()).detail;
      tell(answer.status >= 500 && form.dataset.again ? form.dataset.again : why);
      whenBack(() => location.reload());
      delete form.dataset.sent;
      return;
    } catch {
      cut(); // no answer: nobody knows whether it arrived, so it is sent again with its key
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    }
  }
}

function tell(words) {
  const problem = document.getElementById("problem");
  document.getElementById("problem-words").textContent = words;
  problem.showModal();
}
