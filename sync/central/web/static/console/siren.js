// The sound of an unanswered alert, made by the browser itself: kentongan beats, quick and unbroken (titir). A browser
// stays mute until someone has touched the page, so the button says whether sound is allowed; touching it plays a tone.
// While the way to the central is silent, one slow low beat says that this screen may be blind.

const TITIR_S = 0.16;
const BLIND_S = 2.5;

export class Siren {
  constructor(button) {
    this.button = button;
    this.audio = new AudioContext();
    this.rings = this.blind = false;
    this.nextAt = 0;
    button.hidden = false;
    button.addEventListener("click", () => this.unlock(true));
    // Any touch of the page counts as one that allows sound.
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => this.unlock(false), { once: true });
    this.audio.addEventListener("statechange", () => this.say());
    setInterval(() => this.play(), 100);
    this.say();
  }

  async unlock(aloud) {
    await this.audio.resume();
    if (aloud) [0, 0.18, 0.36].forEach((after) => this.beat(this.audio.currentTime + after, 620));
    this.say();
  }

  set(rings, blind) {
    this.rings = rings;
    this.blind = blind;
    this.say();
  }

  say() {
    const ready = this.audio.state === "running";
    this.button.dataset.state = ready ? "ok" : this.rings ? "alarm" : "waiting";
    this.button.querySelector("span").textContent = ready ? this.button.dataset.ready : this.button.dataset.asleep;
  }

  play() {
    if (this.audio.state !== "running" || !(this.rings || this.blind)) {
      this.nextAt = 0;
      return;
    }
    const now = this.audio.currentTime;
    if (this.nextAt < now) this.nextAt = now + 0.02;
    while (this.nextAt < now + 0.4) {
      this.beat(this.nextAt, this.rings ? 560 : 240);
      this.nextAt += this.rings ? TITIR_S : BLIND_S;
    }
  }

  // One stroke on wood: a short tone that falls a little and dies away.
  beat(at, pitch) {
    const tone = this.audio.createOscillator();
    const loudness = this.audio.createGain();
    tone.type = "triangle";
    tone.frequency.setValueAtTime(pitch * 1.15, at);
    tone.frequency.exponentialRampToValueAtTime(pitch, at + 0.03);
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.9, at + 0.004);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.13);
    tone.connect(loudness).connect(this.audio.destination);
    tone.start(at);
    tone.stop(at + 0.14);
  }
}
