// The telephones of the ladder's contacts: what the box texted them, and a field to answer from one of them. And the log
// of the alarm receiving centre. Both show what went over the wire, nothing else.

const clock = new Intl.DateTimeFormat("id", { timeStyle: "medium", timeZone: "Asia/Jakarta" });

export class Phones {
  constructor(list, form, send) {
    this.list = list;
    this.form = form;
    this.newest = null;
    this.offered = "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = form.elements.text.value.trim();
      if (text) send({ contact: form.elements.contact.value, text });
      form.elements.text.value = this.offered = "";
    });
  }

  show(texts) {
    const newest = texts[0]?.number ?? 0;
    if (newest === this.newest) return;
    const before = this.newest ?? 0;
    this.newest = newest;
    this.list.replaceChildren(...texts.map((text) => this.line(text)));
    const asked = texts.find((text) => text.answer && text.number > before);
    if (asked) this.offer(asked);
  }

  line(text) {
    const line = document.createElement("li");
    line.dataset.way = text.way;
    const who = piece("strong", text.way === "out" ? `Ke ${text.name}` : `Dari ${text.name}`);
    line.append(who, piece("time", clock.format(new Date(text.at_ms))), piece("p", text.text));
    if (text.answer && text.contact) {
      const answer = piece("button", "Balas");
      answer.type = "button";
      answer.className = "button";
      answer.setAttribute("aria-label", `Balas sebagai ${text.name}`);
      answer.addEventListener("click", () => {
        this.offered = this.form.elements.text.value = "";
        this.offer(text);
        this.form.elements.text.focus();
      });
      line.append(answer);
    }
    return line;
  }

  // Fills in what the box asked to be answered; what somebody is typing stays.
  offer(text) {
    const field = this.form.elements.text;
    if (field.value !== this.offered) return;
    this.form.elements.contact.value = text.contact;
    field.value = this.offered = text.answer;
  }
}

export function showCentre(list, words, centre) {
  words.textContent = centre.polled_ms ? `terakhir ditanya ${clock.format(new Date(centre.polled_ms))}` : "belum ada sambungan";
  if (list.dataset.newest === String(centre.entries[0]?.number ?? 0)) return;
  list.dataset.newest = centre.entries[0]?.number ?? 0;
  list.replaceChildren(
    ...centre.entries.map((entry) => {
      const line = document.createElement("li");
      line.append(piece("b", String(entry.code)), piece("span", entry.words), piece("time", clock.format(new Date(entry.at_ms))), piece("code", entry.frame));
      return line;
    }),
  );
}

function piece(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
