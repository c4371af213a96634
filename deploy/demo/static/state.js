// The demo's state as a stream, and its switches as JSON posts; shared by the front page and the simulated box.

export function follow(show, lost) {
  const events = new EventSource("/sim/events");
  events.onmessage = (event) => show(JSON.parse(event.data));
  events.onerror = lost; // EventSource connects again by itself
  return events;
}

export async function send(path, wish) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wish),
      keepalive: true, // a finger that leaves with the page must still let go
    });
  } catch {
    throw new Error("Demo tidak menjawab. Apakah masih berjalan di terminal?");
  }
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}
