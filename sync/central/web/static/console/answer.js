// Sends an answer without leaving the page; the stream brings the result. What the central refuses is said in its words.

export function answerByForm(page, csrf, said) {
  let quiet = 0;
  page.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.action.includes("/posko/panggilan/")) return;
    event.preventDefault();
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    try {
      const headers = { Accept: "application/json", "X-CSRF-Token": csrf };
      const request = { method: "POST", body: new URLSearchParams(new FormData(form)), headers, redirect: "manual" };
      const response = await fetch(form.action, request);
      if (response.type === "opaqueredirect") return;
      if (response.status === 401) location.assign("/posko/masuk");
      say((await response.json()).detail);
    } catch (error) {
      console.warn("the answer was not sent", error);
      say("Belum terkirim: pusat tidak terjangkau. Tekan sekali lagi, atau pakai radio dan telepon.");
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  });

  function say(words) {
    said.textContent = words;
    said.hidden = false;
    clearTimeout(quiet);
    quiet = setTimeout(() => (said.hidden = true), 12_000);
  }
}
