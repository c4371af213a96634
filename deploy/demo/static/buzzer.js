// The little buzzer in the button: it sounds what the box's own table says of its lamp (firmware_bridge/buzzer.py), which
// comes with the state, so that whoever hears and does not see knows the stage as well, also while the siren rests.

const AHEAD_S = 0.3;
const LAY_EVERY_MS = 100;
const LOUDNESS = 0.22;

export class Buzzer {
  constructor() {
    this.context = null;
    this.allowed = false;
    this.pattern = null;
    this.known = "";
    this.quiet = false;
    this.next = null;
  }

  allow(on) {
    this.allowed = on;
    if (on && !this.context) this.open();
    if (on) this.context.resume();
    if (this.context) this.begin();
  }

  follow(lamp, pattern) {
    const known = lamp + JSON.stringify(pattern);
    if (known === this.known) return;
    this.known = known;
    this.pattern = pattern.tones.length ? pattern : null;
    if (this.context) this.begin();
  }

  // While somebody speaks.
  hush(quiet) {
    this.quiet = quiet;
    this.out?.gain.setTargetAtTime(quiet ? 0 : LOUDNESS, this.context.currentTime, 0.02);
  }

  open() {
    this.context = new AudioContext();
    setInterval(() => this.lay(), LAY_EVERY_MS);
  }

  // Whatever sounds now is cut off: a stage that is over must not be heard any longer.
  begin() {
    this.out?.disconnect();
    this.out = new GainNode(this.context, { gain: this.quiet ? 0 : LOUDNESS });
    this.out.connect(this.context.destination);
    this.next = this.allowed && this.pattern ? this.context.currentTime + 0.02 : null;
  }

  lay() {
    if (this.next === null || !this.pattern) return;
    const now = this.context.currentTime;
    while (this.next !== null && this.next < now + AHEAD_S) {
      for (const [startMs, lastsMs, pitch] of this.pattern.tones) this.tone(Math.max(this.next, now) + startMs / 1000, lastsMs / 1000, pitch);
      this.next = this.pattern.period_ms ? Math.max(this.next, now) + this.pattern.period_ms / 1000 : null;
    }
  }

  tone(at, lasts, pitch) {
    const tone = new OscillatorNode(this.context, { type: "square", frequency: pitch });
    const edge = new GainNode(this.context, { gain: 0 });
    edge.gain.setTargetAtTime(1, at, 0.004);
    edge.gain.setTargetAtTime(0, at + lasts, 0.008);
    tone.connect(edge).connect(this.out);
    tone.start(at);
    tone.stop(at + lasts + 0.06);
  }
}
