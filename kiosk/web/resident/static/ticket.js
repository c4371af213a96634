// The ticket page keeps telling the truth about the queue and the paper while somebody looks at it.

const ASK_EVERY_MS = 1_500;

export function watchTicket() {
  const ticket = document.querySelector("[data-ticket-state]");
  if (!ticket) return;
  const paper = document.querySelector(".print-state");

  async function ask() {
    try {
      const answer = await fetch(ticket.dataset.ticketState, { cache: "no-store" });
      if (answer.ok) show(await answer.json());
    } catch {
      // the line says what is wrong
    }
    setTimeout(ask, ASK_EVERY_MS);
  }

  function show(state) {
    const texts = { ahead_words: state.ahead_words, wait: state.wait, ...state.paper };
    for (const place of document.querySelectorAll("[data-live]")) {
      if (place.textContent !== texts[place.dataset.live]) place.textContent = texts[place.dataset.live];
    }
    paper.dataset.state = state.paper.tint;
    paper.dataset.print = state.paper.motion;
  }

  setTimeout(ask, 300);
}
