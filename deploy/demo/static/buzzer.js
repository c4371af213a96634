// The little buzzer in the button: it follows the lamp, so that whoever hears and does not see knows the stage as well,
// also while the siren rests. Each stage has a rhythm of its own, known even by who hears only one pitch.
//   sending     three quick beeps, again and again: somebody is busy with it
//   waiting     one long low tone every two seconds and a half, as a telephone rings at the other end
//   answered    three rising tones, once, and then silence: it is done
//   unanswered  two tones in turn without a pause, high and low

export const BUZZER = {
  off: null,
  "red-steady": { tones: [[0, 60, 1400]], period_ms: null },
  "red-fast": { tones: [[0, 70, 1800], [140, 70, 1800], [280, 70, 1800]], period_ms: 800 },
  "amber-slow": { tones: [[0, 900, 620]], period_ms: 2400 },
  "green-steady": { tones: [[0, 160, 700], [180, 160, 930], [360, 420, 1240]], period_ms: null },
  "red-amber": { tones: [[0, 400, 1500], [400, 400, 980]], period_ms: 800 },
};

const AHEAD_S = 0.3;
const LAY_EVERY_MS = 100;
const LOUDNESS = 0.22;

export class Buzzer {
  constructor() {
    this.context = null;
    this.allowed = false;
    this.pattern = null;
    this.lamp = "off";
    this.next = null;
  }

  allow(on) {
    this.allowed = on;
    if (on && !this.context) this.open();
    if (on) this.context.resume();
    if (this.context) this.begin();
  }

  follow(lamp) {
    if (lamp === this.lamp) return;
    this.lamp = lamp;
    this.pattern = BUZZER[lamp] ?? null;
    if (this.context) this.begin();
  }

  open() {
    this.context = new AudioContext();
    setInterval(() => this.lay(), LAY_EVERY_MS);
  }

  // Whatever sounds now is cut off: a stage that is over must not be heard any longer.
  begin() {
    this.out?.disconnect();
    this.out = new GainNode(this.context, { gain: LOUDNESS });
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
