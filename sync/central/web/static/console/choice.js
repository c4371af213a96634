// Which alert is shown large. What the officer chose stays while it is open; an alert that rings takes the place of one
// that nobody chose, or of one that is already answered and that nobody is typing into.

export class Choice {
  constructor(page) {
    this.page = page;
    this.chosen = page.querySelector('.alert-card[aria-current="true"]')?.dataset.alert ?? null;
    this.rang = new Set();
    this.isReadingClosed = false;
  }

  watch() {
    this.page.addEventListener("click", (event) => {
      const card = event.target.closest("a.alert-card");
      if (!card || event.ctrlKey || event.metaKey || event.button !== 0) return;
      event.preventDefault();
      this.choose(card.dataset.alert);
    });
  }

  keep(ringing) {
    const news = ringing.find((id) => !this.rang.has(id));
    this.rang = new Set(ringing);
    const present = [...this.page.querySelectorAll("article[data-alert]")];
    const current = present.find((article) => article.dataset.alert === this.chosen);
    const isOpen = current !== undefined && current.dataset.stage !== "closed";
    const isBusy = isOpen && (current.querySelector('[data-act="acknowledge"]') !== null || isTyping(current));
    if (news && !isBusy) this.choose(news);
    else if (isOpen || (current && this.isReadingClosed)) this.show();
    else this.choose(firstOpen(present));
  }

  choose(id) {
    this.chosen = id ?? null;
    const article = [...this.page.querySelectorAll("article[data-alert]")].find((one) => one.dataset.alert === this.chosen);
    this.isReadingClosed = article?.dataset.stage === "closed";
    this.show();
  }

  show() {
    for (const card of this.page.querySelectorAll("a.alert-card")) {
      if (card.dataset.alert === this.chosen) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
    for (const piece of this.page.querySelectorAll("#details > [data-key]")) {
      piece.hidden = (piece.dataset.alert ?? null) !== this.chosen;
    }
  }

  // The form that one key sends: of the chosen alert if it waits, else of the first that does.
  toAcknowledge() {
    const forms = [...this.page.querySelectorAll('form[data-act="acknowledge"]')];
    const form = forms.find((one) => one.closest("article").dataset.alert === this.chosen) ?? forms[0];
    if (form) this.choose(form.closest("article").dataset.alert);
    return form;
  }
}

function firstOpen(articles) {
  return articles.find((article) => article.dataset.stage !== "closed")?.dataset.alert;
}

function isTyping(article) {
  const typed = [...article.querySelectorAll("input:not([type=hidden]):not([type=radio])")].some((field) => field.value);
  return typed || article.contains(document.activeElement);
}
