// What a finger means. Hands tremble, fingers rest too long, a palm lies on the glass: none of that may type a letter or
// press a key twice, and none of it may keep the other hand from working.

const TREMBLE_MS = 120; // the same key again this soon after it was touched or let go is a trembling finger
const RESTING_MS = 1_600; // a finger held longer lies there; it no longer keeps others out
const PALM_MM = 22; // no fingertip is as wide

const mm = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")) || 3.78;

/** Lets through to the keys inside `place` only presses that are meant: one finger at a time, one press a touch. */
export function guard(place, isKey) {
  const touchedAt = new Map();
  let held = null;

  function meant(event, key) {
    const palm = event.pointerType === "touch" && Math.max(event.width, event.height) > PALM_MM * mm();
    const second = held && held.pointer !== event.pointerId && event.timeStamp - held.at < RESTING_MS;
    const again = event.timeStamp - (touchedAt.get(key) ?? -Infinity) < TREMBLE_MS;
    if (!palm) touchedAt.set(key, event.timeStamp);
    return !(palm || second || again);
  }

  place.addEventListener("pointerdown", (event) => {
    const key = event.target.closest(isKey);
    if (!key) return;
    event.preventDefault(); // the field keeps its focus
    if (meant(event, key)) held = { pointer: event.pointerId, at: event.timeStamp };
    else event.stopImmediatePropagation();
  }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, (event) => {
      const key = event.target.closest?.(isKey);
      if (key && place.contains(key)) touchedAt.set(key, event.timeStamp);
      if (held?.pointer === event.pointerId) held = null;
    }, true);
  }
}

/** While a palm rests on the glass the browser makes no click of a second finger; here it gets one. */
export function clickBesideAPalm() {
  const began = new Map();
  addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && !event.isPrimary) began.set(event.pointerId, event.target);
  }, true);
  addEventListener("pointerup", (event) => {
    const target = began.get(event.pointerId);
    began.delete(event.pointerId);
    const key = target?.closest("a, button, label");
    if (key && key.contains(event.target) && !key.closest("[data-keys], .keypad, .date-grid")) key.click();
  }, true);
  addEventListener("pointercancel", (event) => began.delete(event.pointerId), true);
}
