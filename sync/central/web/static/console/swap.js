// Puts the server's newest HTML in place of a part, and leaves alone what has not changed or what someone is using.
// Pieces with the same data-key are compared by their text as the server sent it; typed values, open folds and the
// focus are carried over into a piece that is replaced.

const FIELDS = "input:not([type=hidden]), textarea, select";
const sent = new WeakMap();

export function replace(part, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  merge(part, fresh.content);
}

function merge(part, content) {
  const known = new Map([...part.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
  const pieces = [...content.children].map((piece) => {
    const old = known.get(piece.dataset.key);
    const text = piece.outerHTML;
    if (old && sent.get(old) === text) return old;
    if (old && isList(piece) && isList(old)) {
      merge(old, piece);
      sent.set(old, text);
      return old;
    }
    if (old) carryOver(old, piece);
    sent.set(piece, text);
    return piece;
  });
  if (pieces.length === part.children.length && pieces.every((piece, place) => piece === part.children[place])) return;
  const focused = document.activeElement?.id;
  part.replaceChildren(...pieces);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

function isList(piece) {
  return piece.children.length > 0 && [...piece.children].every((child) => child.dataset.key);
}

function carryOver(old, piece) {
  piece.hidden = old.hidden;
  const fresh = new Map([...piece.querySelectorAll(FIELDS)].map((field) => [nameOf(field), field]));
  for (const field of old.querySelectorAll(FIELDS)) {
    const same = fresh.get(nameOf(field));
    if (!same) continue;
    if (field.type === "radio") same.checked = field.checked;
    else same.value = field.value;
  }
  const folds = piece.querySelectorAll("details");
  old.querySelectorAll("details").forEach((fold, place) => {
    if (folds[place]) folds[place].open = fold.open;
  });
}

// By what the form says, not by `form.action`: that is another address while a piece is not yet in the page.
function nameOf(field) {
  const choice = field.type === "radio" ? field.value : "";
  return `${field.closest("form")?.getAttribute("action")} ${field.name} ${choice}`;
}
