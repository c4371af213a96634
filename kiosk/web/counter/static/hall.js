// The supervisor's view: swaps what the server drew, and says when it cannot be trusted.

const hall = document.getElementById("hall");
const links = Object.fromEntries([...document.querySelectorAll("[data-link]")].map((link) => [link.dataset.link, link]));

function openLine() {
  const stream = new EventSource("/loket/pengawas/events");
  stream.onmessage = (event) => {
    hall.innerHTML = event.data; // drawn and escaped by our own template
    links.live.hidden = false;
    links.cut.hidden = true;
  };
  stream.onerror = () => {
    stream.close();
    links.live.hidden = true;
    links.cut.hidden = false;
    setTimeout(openLine, 1_000);
  };
}

openLine();
