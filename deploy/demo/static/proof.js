// The row of proof, E0 to E7: what has been shown of the newest alert, never more.

const ANSWERED = 5;
const timeOf = (iso) => (iso ? iso.slice(11, 19).replaceAll(":", ".") : "");

export function showProof(alert) {
  const open = alert && !alert.closed_at;
  for (const rung of document.querySelectorAll("#rungs li")) {
    const level = Number(rung.dataset.rung);
    const proven = alert && level <= alert.evidence;
    if (proven) rung.dataset.shown = level >= ANSWERED ? "answered" : "yes";
    else rung.dataset.shown = open && level === alert.evidence + 1 ? "now" : "no";
    const times = { 0: alert?.raised_at, [ANSWERED]: alert?.answered_at, 7: alert?.closed_at };
    rung.querySelector("time").textContent = proven ? timeOf(times[level]) : "";
  }
  document.getElementById("proof-alert").textContent = alert ? alert.shown.detail : "Belum ada panggilan";
}
