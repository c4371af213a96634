// Times that go on between two frames. The central's clock counts, not this computer's.

let behindMs = 0;

export function correctClock(nowMs) {
  behindMs = nowMs - Date.now();
}

export function tick(page) {
  const nowMs = Date.now() + behindMs;
  for (const time of page.querySelectorAll("time[data-since-ms]")) write(time, stopwatch(nowMs - Number(time.dataset.sinceMs)));
  for (const time of page.querySelectorAll("time[data-age-ms]")) write(time, span(nowMs - Number(time.dataset.ageMs)));
  const local = new Date(nowMs + Number(page.body.dataset.offsetH) * 3_600_000);
  write(page.getElementById("clock"), local.toISOString().slice(11, 19).replaceAll(":", "."));
}

function write(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

// 00.38 up to an hour, then 6 jam, 3 hari
function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 3600) return span(ms);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}.${String(seconds % 60).padStart(2, "0")}`;
}

function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [size, word] of [[86_400, "hari"], [3_600, "jam"], [60, "mnt"]]) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${word}`;
  }
  return `${seconds} dtk`;
}
