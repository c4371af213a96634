// A live picture of another part: its own page in a frame, or an empty frame.
//
// A browser opens six connections to one address at most, and a live page holds one for good; so a page that nobody
// looks at shows none, or the tabs that somebody does look at would starve.

export function picture(frame, shown) {
  if (shown && !frame.src) frame.src = frame.dataset.src;
  if (shown || !frame.src) return;
  // Taking `src` away would unload nothing; a new frame does.
  const empty = frame.cloneNode();
  empty.removeAttribute("src");
  frame.replaceWith(empty);
}
