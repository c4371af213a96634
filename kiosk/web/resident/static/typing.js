// Keys on the glass for every field: simple-keyboard draws and writes, `touch.js` decides which touches are meant, and
// here is what a NIK, a telephone number, a name and a sentence need. What a scanner or a real keyboard types goes in too.
import { guard } from "./touch.js";

const LETTERS = {
  default: ["q w e r t y u i o p", "a s d f g h j k l '", "{shift} z x c v b n m {bksp}", "{digits} , {space} ."],
  shift: ["Q W E R T Y U I O P", "A S D F G H J K L '", "{shift} Z X C V B N M {bksp}", "{digits} , {space} ."],
  digits: ["1 2 3 4 5 6 7 8 9 0", "- / ( ) : ; @ & + é", "{letters} è ê ? ! \" {bksp}", "{digits} , {space} ."],
};
const NUMBERS = { default: ["1 2 3", "4 5 6", "7 8 9", "{none} 0 {bksp}"] };

export async function typing() {
  const form = document.querySelector("[data-typing]");
  if (!form) return;
  const { SimpleKeyboard } = await import("/design/built/simple-keyboard.js");
  const field = form.querySelector(".answer");
  const place = form.querySelector("[data-keys]");
  const go = form.querySelector(".type-go .go");
  const kind = form.dataset.typing;
  const limit = Number(form.dataset.limit);
  const numeric = kind === "nik" || kind === "phone";
  guard(place, ".hg-button");

  const bare = (text) => (numeric ? text.replace(/[^0-9]/g, "") : text).slice(0, limit);
  const shown = (text) => (kind === "nik" ? text.match(/.{1,4}/g)?.join(" ") ?? "" : text);
  // A name begins each word with a capital, a sentence only its first.
  const startsWord = (text) => (kind === "name" ? /(^|[\s'-])$/ : /(^|[.!?]\s+)$/).test(text);

  let keyboard = null;
  keyboard = new SimpleKeyboard(place, {
    layout: numeric ? NUMBERS : LETTERS,
    theme: `hg-theme-default ${numeric ? "keys--numbers" : "keys--letters"}`,
    display: {
      "{bksp}": place.dataset.delete, "{space}": place.dataset.space, "{shift}": "ABC", "{none}": " ",
      "{digits}": "123", "{letters}": "abc",
    },
    mergeDisplay: true,
    useButtonTag: true,
    disableButtonHold: true,
    disableCaretPositioning: true,
    preventMouseDownDefault: true,
    maxLength: limit,
    onChange: write,
    onKeyPress: turn,
    onRender: finish,
  });

  function write(text) {
    field.value = shown(bare(text));
    field.setAttribute("value", field.value); // a wiped page must not bring back what a form remembers
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.scrollTop = field.scrollHeight;
    name();
    if (!numeric) layer(startsWord(text) ? "shift" : "default");
  }

  // A question that may be left empty says so on its key until there is something to keep.
  function name() {
    if (go.dataset.empty) go.firstElementChild.textContent = field.value ? go.dataset.filled : go.dataset.empty;
  }

  function turn(button) {
    if (button === "{shift}") layer(keyboard.options.layoutName === "shift" ? "default" : "shift");
    if (button === "{digits}") layer(keyboard.options.layoutName === "digits" ? "default" : "digits");
    if (button === "{letters}") layer("default");
  }

  function layer(name) {
    if (keyboard.options.layoutName !== name) keyboard.setOptions({ layoutName: name });
  }

  function finish() {
    for (const key of place.querySelectorAll(".hg-button")) {
      key.type = "button";
      key.tabIndex = -1; // whoever has a keyboard types into the field
      if (key.dataset.skbtn === "{none}") key.disabled = true;
      if (key.dataset.skbtn === "{shift}") key.setAttribute("aria-pressed", keyboard?.options.layoutName === "shift" ? "true" : "false");
    }
  }

  field.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    keyboard.setInput(bare(field.value));
    if (kind === "nik") field.value = shown(bare(field.value));
    name();
  });
  keyboard.setInput(bare(field.value));
  if (!numeric) layer(startsWord(field.value) ? "shift" : "default");
  field.focus();
  field.setSelectionRange?.(field.value.length, field.value.length);
  place.dataset.ready = "yes";
}
