// Whoever walks away leaves nothing: a warning, then the visit is ended and the first page shown. Never while an alert is
// unanswered: the person may have laid the hand down.
import { isDown, whenBack } from "./line.js";

export function watchIdle() {
  const { idle, idleWarningS, idleWipeS } = document.body.dataset;
  if (idle !== "yes") return;
  const warnMs = Number(idleWarningS) * 1000;
  const wipeMs = Number(idleWipeS) * 1000;
  const dialog = document.getElementById("idle");
  const words = dialog.querySelector("[data-idle-words]");
  let touchedAt = performance.now();
  let wiped = false;

  const touched = () => { touchedAt = performance.now(); };
  for (const sign of ["pointerdown", "keydown"]) {
    addEventListener(sign, (event) => { if (!event.target.closest?.("#wipe")) touched(); }, true);
  }
  dialog.addEventListener("click", (event) => { if (!event.target.closest("#wipe")) dialog.close(); });

  function wipe() {
    wiped = true;
    const form = document.getElementById("wipe");
    if (!isDown()) { form.submit(); return; }
    document.querySelector("main").replaceChildren(); // the server is away: empty the glass now, end the visit later
    whenBack(() => form.submit());
  }

  setInterval(() => {
    if (wiped) return;
    if (document.body.dataset.alarmPending === "yes") touched();
    const leftMs = warnMs + wipeMs - (performance.now() - touchedAt);
    if (leftMs <= 0) wipe();
    else if (leftMs <= wipeMs) {
      words.textContent = words.dataset.idleWords.replace("#", String(Math.ceil(leftMs / 1000)));
      if (!dialog.open) dialog.showModal();
    } else if (dialog.open) dialog.close();
  }, 250);
}
