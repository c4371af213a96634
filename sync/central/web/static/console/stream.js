// The way from the central to this screen: server-sent events, and asking when there is no place in the stream.
// The browser reconnects a broken stream by itself; a refused one (503, or signed out) it gives up, and we don't.

const ASK_EVERY_MS = 3_000;

export function listen(streamUrl, askUrl, show) {
  const source = new EventSource(streamUrl);
  source.addEventListener("message", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    ask(askUrl, show).finally(() => setTimeout(() => listen(streamUrl, askUrl, show), ASK_EVERY_MS));
  });
}

async function ask(url, show) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (response.status === 401) location.assign("/posko/masuk");
    else if (response.ok) show(await response.json());
  } catch (error) {
    console.warn("the central cannot be reached", error); // the banner says it to the officer
  }
}
