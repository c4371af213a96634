// A ticket and a receipt keep telling the truth about queue, way and paper while somebody looks at them.

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
    const texts = { ...state, ...state.paper };
    for (const place of document.querySelectorAll("[data-live]")) {
      if (place.textContent !== texts[place.dataset.live]) place.textContent = texts[place.dataset.live];
    }
    paper.dataset.state = state.paper.tint;
    paper.dataset.print = state.paper.motion;
  }

  setTimeout(ask, 300);
}
