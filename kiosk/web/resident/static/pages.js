// What is longer than its place is turned like pages of a book, never scrolled. The style sheet lays the words out in
// columns as wide as the place; here they are counted and turned.

export function turnPages() {
  for (const place of document.querySelectorAll("[data-pages]")) book(place);
}

function book(place) {
  const body = place.querySelector(".pages-body");
  const nav = place.querySelector(".pages-nav");
  const at = place.querySelector("[data-at]");
  const [before, after] = nav.querySelectorAll("[data-turn]");
  let page = 0;

  const step = () => body.clientWidth + parseFloat(getComputedStyle(body).columnGap);
  const count = () => Math.max(1, Math.round((body.scrollWidth + parseFloat(getComputedStyle(body).columnGap)) / step()));

  function show() {
    const pages = count();
    page = Math.min(page, pages - 1);
    body.scrollLeft = page * step();
    at.textContent = `${page + 1} / ${pages}`;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
    place.dataset.page = String(page + 1);
    place.dataset.count = String(pages);
  }

  function lay() {
    nav.hidden = true;
    if (body.clientHeight === 0) return; // not the part that is shown
    if (count() > 1) nav.hidden = false;
    show();
  }

  for (const key of [before, after]) {
    key.addEventListener("click", () => { page += Number(key.dataset.turn); show(); });
  }
  new ResizeObserver(lay).observe(place);
  document.fonts.ready.then(lay);
  lay();
}
