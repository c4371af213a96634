// What a machine can see of a screen: text cut off or off the glass, controls covered or smaller than a finger, an order
// of the page that is not the order on the glass. Every page of a place that turns is looked at. Gives a list of faults.
async () => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const faults = new Set();
  const paint = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  const short = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);

  const shown = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    for (let one = element; one; one = one.parentElement) if (getComputedStyle(one).clipPath !== "none") return false;
    return true;
  };

  const clips = (element) => ["hidden", "clip", "auto", "scroll"].includes(getComputedStyle(element).overflowX) || ["hidden", "clip", "auto", "scroll"].includes(getComputedStyle(element).overflowY);

  // The part of the glass on which an element's words may stand.
  const room = (element) => {
    let box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight, pages: null };
    for (let one = element; one && one !== document.documentElement; one = one.parentElement) {
      if (!clips(one)) continue;
      const own = one.getBoundingClientRect();
      box = {
        left: Math.max(box.left, own.left), top: Math.max(box.top, own.top),
        right: Math.min(box.right, own.right), bottom: Math.min(box.bottom, own.bottom),
        pages: box.pages ?? (one.classList.contains("pages-body") ? one : null),
      };
    }
    return box;
  };

  const seen = new Set();
  const everything = [];
  const look = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const words = short(node.textContent);
      if (!words || !shown(node.parentElement)) continue;
      const box = room(node.parentElement);
      const range = document.createRange();
      range.selectNodeContents(node);
      let whole = true;
      for (const line of range.getClientRects()) {
        if (line.width < 1) continue;
        const slack = line.height * 0.16; // letters are lower than their line
        const elsewhere = box.pages && (line.right <= box.left + 1 || line.left >= box.right - 1);
        if (elsewhere) { whole = false; continue; }
        const spot = document.elementFromPoint(Math.min(line.left + line.width / 2, box.right - 1), line.top + line.height / 2);
        const parent = node.parentElement;
        const over = spot?.getBoundingClientRect(); // large letters reach out of their own box without ink there
        const middle = line.top + line.height / 2;
        if (spot && over.top <= middle && over.bottom >= middle && !spot.contains(parent) && !parent.contains(spot) && !parent.closest("label")?.contains(spot)) faults.add(`words covered: ${words} (by ${spot.className || spot.tagName})`);
        else if (spot && spot !== parent && spot.matches("main, body, .stage")) faults.add(`words outside their place: ${words}`);
        if (line.left < box.left - 1.5 || line.right > box.right + 1.5 || line.top + slack < box.top - 1 || line.bottom - slack > box.bottom + 1) {
          faults.add(`cut off: ${words}`);
        }
      }
      if (box.pages && !whole) everything.push([node, words]); else seen.add(node);
      if (parseFloat(getComputedStyle(node.parentElement).fontSize) < 2.7 * mm) faults.add(`too small to read: ${words}`);
    }
    for (const field of document.querySelectorAll("main input:not([type=hidden]):not([type=radio]), main textarea")) {
      if (shown(field) && field.scrollWidth > field.clientWidth + 2) faults.add(`field too narrow: ${field.name}`);
    }
    let before = null;
    for (const key of document.querySelectorAll("header a, header button, main a, main button, main label, nav a, nav button")) {
      if (!shown(key) || key.disabled || getComputedStyle(key).pointerEvents === "none") continue;
      if (key.matches("label") && !key.querySelector("input")) continue;
      const box = key.getBoundingClientRect();
      const within = room(key);
      if (within.pages && (box.right <= within.left + 1 || box.left >= within.right - 1)) continue;
      const name = short(key.textContent) || key.getAttribute("aria-label") || key.className;
      if (box.width < 10 * mm - 1 || box.height < 10 * mm - 1) faults.add(`smaller than a finger: ${name} ${Math.round(box.width / mm)}x${Math.round(box.height / mm)} mm`);
      for (const [x, y] of [[0.5, 0.5], [0.12, 0.12], [0.88, 0.12], [0.12, 0.88], [0.88, 0.88]]) {
        const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        if (!top || !(key.contains(top) || top.contains(key) && top === key.parentElement)) { faults.add(`covered: ${name}`); break; }
      }
      if (before && box.bottom <= before.top + 1 && box.left <= before.left + 1) faults.add(`out of order: ${name}`);
      before = box;
    }
  };

  if (document.documentElement.scrollHeight > innerHeight + 1 || document.documentElement.scrollWidth > innerWidth + 1) faults.add("the page scrolls");
  await paint();
  for (const place of document.querySelectorAll("[data-pages]")) {
    const before = place.querySelector('[data-turn="-1"]');
    for (let turns = 0; shown(before) && !before.disabled && turns < 30; turns += 1) before.click();
  }
  await paint();
  look();
  for (const place of document.querySelectorAll("[data-pages]")) {
    const after = place.querySelector('[data-turn="1"]');
    for (let turns = 0; shown(place) && after && shown(after) && !after.disabled && turns < 30; turns += 1) {
      after.click();
      await paint();
      look();
      for (const entry of everything) if (shown(entry[0].parentElement)) {
        const box = room(entry[0].parentElement);
        const range = document.createRange();
        range.selectNodeContents(entry[0]);
        if ([...range.getClientRects()].some((line) => line.right > box.left + 1 && line.left < box.right - 1)) seen.add(entry[0]);
      }
    }
  }
  for (const [node, words] of everything) if (!seen.has(node)) faults.add(`on no page: ${words}`);
  return [...faults];
}
