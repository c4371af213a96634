// Reads the page aloud. What belongs to the person on it (`data-private`) is never spoken: others stand behind.

const ADDRESS = "/kiosk/suara";
const UNSPOKEN = "[data-private], [hidden], [aria-hidden=true], .pages-nav, .keys, .keypad, script, dialog";

export function readAloud() {
  const key = document.querySelector("[data-read]");
  if (!key) return;
  let playing = null;

  function stop() {
    playing?.pause();
    playing = null;
    key.setAttribute("aria-pressed", "false");
  }

  key.addEventListener("click", async () => {
    if (playing) { stop(); return; }
    key.setAttribute("aria-pressed", "true");
    try {
      const body = new URLSearchParams({ text: spoken() });
      const answer = await fetch(ADDRESS, { method: "POST", body, headers: { Accept: "application/json" }, cache: "no-store" });
      const told = await answer.json();
      if (!answer.ok) { stop(); tell(told.detail); return; }
      playing = new Audio(told.clip);
      playing.addEventListener("ended", stop);
      await playing.play();
    } catch {
      stop(); // the line says what is wrong
    }
  });
}

function tell(words) {
  document.getElementById("problem-words").textContent = words;
  document.getElementById("problem").showModal();
}

/** The title and what is visible below it, a sentence a line. */
export function spoken() {
  const lines = [document.querySelector(".page-title").textContent.trim()];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.replace(/\s+/g, " ").trim();
    if (words && !parent.closest(UNSPOKEN) && parent.checkVisibility()) lines.push(words);
  }
  return lines.join("\n").slice(0, 3_000);
}
