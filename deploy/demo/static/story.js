// What has just happened, newest first: one line for each change a visitor can see. It is told from the differences
// between two states, so it says nothing that the box did not do.

const KEPT = 30;
const clock = new Intl.DateTimeFormat("id", { timeStyle: "medium", timeZone: "Asia/Jakarta" }); // the demo's site is in WIB
const NETWORK = {
  up: ["network", "Kabel terpasang."],
  down: ["network-cut", "Kabel dicabut: kios terus melayani, semuanya menunggu di sini."],
  blackhole: ["network-cut", "Jaringan hilang diam-diam: tersambung, tetapi tak satu bita pun sampai."],
  slow: ["network", "Jaringan lambat: 20 kbit/s, bolak-balik 600 ms."],
};
const PAPER = { ok: "Kertas diisi.", low: "Kertas hampir habis.", out: "Kertas habis: karcis menunggu di antrean cetak." };
const POWER = { off: "Listrik padam: semua proses kios mati mendadak.", starting: "Listrik menyala: kios mulai lagi." };

export class Story {
  constructor(list) {
    this.list = list;
    this.before = null;
    this.alive = true;
  }

  tell(state) {
    const before = this.before;
    this.before = state;
    if (!this.alive) this.add("check", "Demo tersambung lagi.");
    this.alive = true;
    if (!before) return;
    if (state.network !== before.network) this.add(...NETWORK[state.network]);
    if (state.other_ways !== before.other_ways) this.add("sms", state.other_ways === "up" ? "GSM dan pusat alarm terjangkau lagi." : "GSM dan pusat alarm tidak terjangkau.");
    if (state.paper !== before.paper) this.add("paper", PAPER[state.paper]);
    if (state.power !== before.power && POWER[state.power]) this.add("plug", POWER[state.power]);
    if (state.inputs.panic && !before.inputs.panic) this.add("hand", "Tombol ditekan.");
    if (state.siren !== before.siren) this.add("siren", state.siren ? "Sirene dan kentongan berbunyi." : "Sirene diam.");
    if (state.message && state.message !== before.message) this.add("shield", state.message);
    for (const job of state.jobs.filter((each) => each.number > before.printed).reverse()) this.add("ticket", `Tercetak: ${firstNumber(job.text)}`);
    if (state.sms[0] && state.sms[0].number !== (before.sms[0]?.number ?? 0)) {
      const [text] = state.sms;
      this.add("sms", text.way === "out" ? `SMS terkirim ke ${text.name}.` : `SMS dari ${text.name}: ${text.text}`);
    }
    const [entry] = state.centre.entries;
    if (entry && entry.number !== (before.centre.entries[0]?.number ?? 0)) this.add("network", `Pusat alarm mencatat ${entry.code}, ${entry.words}.`);
    this.tellParts(before.parts, state.parts, state.power);
  }

  tellParts(before, parts, power) {
    if (power !== "on") return;
    for (const [name, part] of Object.entries(parts)) {
      if (before[name] && part.failures > before[name].failures) this.add("warning", `Proses ${name} berhenti dan dijalankan lagi.`);
    }
  }

  lost() {
    if (this.alive) this.add("warning", "Sambungan ke demo terputus.");
    this.alive = false;
  }

  add(sign, words) {
    const line = document.createElement("li");
    const time = document.createElement("time");
    time.textContent = clock.format(new Date());
    const text = document.createElement("span");
    text.textContent = words;
    line.append(document.getElementById(`sign-${sign}`).content.cloneNode(true), text, time);
    this.list.prepend(line);
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
  }
}

// The queue number is the one word on a ticket that looks like A-017.
function firstNumber(text) {
  return /\b[A-Z]{1,2}-?\d{2,4}\b/.exec(text)?.[0] ?? "karcis";
}
