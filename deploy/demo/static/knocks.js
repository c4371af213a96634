// The sound of the box: the striker beats the wooden kentongan in the rhythm that the bridge commands, over a siren that
// rises and falls. Made of tones and noise, no recording. Browsers stay silent until a person has touched something,
// so it is off until the switch in the head of the page is.

const AHEAD_S = 0.3; // strokes are laid down this far ahead, so that a busy page does not stumble
const LAY_EVERY_MS = 100;

export class Knocks {
  constructor() {
    this.context = null;
    this.allowed = false;
    this.sounding = false;
    this.quiet = false;
    this.rhythm = null;
    this.nextPeriod = 0;
  }

  allow(on) {
    this.allowed = on;
    if (on && !this.context) this.open();
    if (on) this.context.resume();
    this.turn();
  }

  follow(siren, rhythm) {
    this.rhythm = rhythm;
    if (siren === this.sounding) return;
    this.sounding = siren;
    this.turn();
  }

  open() {
    this.context = new AudioContext();
    this.out = new GainNode(this.context, { gain: 0 });
    this.out.connect(new DynamicsCompressorNode(this.context)).connect(this.context.destination);
    const noise = this.context.createBuffer(1, this.context.sampleRate / 10, this.context.sampleRate);
    const samples = noise.getChannelData(0);
    for (let at = 0; at < samples.length; at += 1) samples[at] = Math.random() * 2 - 1;
    this.noise = noise;
    this.startSiren();
    setInterval(() => this.lay(), LAY_EVERY_MS);
  }

  turn() {
    if (!this.context) return;
    this.balance();
    this.nextPeriod = this.context.currentTime;
  }

  // While somebody speaks; on a wall the siren would not, but its neighbours are farther away than this page.
  hush(quiet) {
    this.quiet = quiet;
    if (this.context) this.balance();
  }

  balance() {
    const heard = this.allowed && this.sounding;
    this.out.gain.setTargetAtTime(heard ? (this.quiet ? 0.15 : 0.9) : 0, this.context.currentTime, 0.02);
  }

  startSiren() {
    const tone = new OscillatorNode(this.context, { type: "triangle", frequency: 760 });
    const sweep = new OscillatorNode(this.context, { type: "sine", frequency: 0.5 });
    const depth = new GainNode(this.context, { gain: 260 });
    const volume = new GainNode(this.context, { gain: 0.07 });
    sweep.connect(depth).connect(tone.frequency);
    tone.connect(volume).connect(this.out);
    tone.start();
    sweep.start();
  }

  lay() {
    if (!this.allowed || !this.sounding || !this.rhythm) return;
    const now = this.context.currentTime;
    this.nextPeriod = Math.max(this.nextPeriod, now);
    while (this.nextPeriod < now + AHEAD_S) {
      for (const [startMs] of this.rhythm.strokes_ms) this.knock(this.nextPeriod + startMs / 1000);
      this.nextPeriod += this.rhythm.period_ms / 1000;
    }
  }

  // Hollow wood: a short click, and a body that rings for a tenth of a second, a little different every time.
  knock(at) {
    const pitch = 520 + Math.random() * 30;
    const hit = new AudioBufferSourceNode(this.context, { buffer: this.noise });
    const click = new BiquadFilterNode(this.context, { type: "bandpass", frequency: 1900, Q: 1.4 });
    const clickVolume = new GainNode(this.context, { gain: 0 });
    clickVolume.gain.setValueAtTime(0.5, at);
    clickVolume.gain.exponentialRampToValueAtTime(0.001, at + 0.025);
    hit.connect(click).connect(clickVolume).connect(this.out);
    const wood = new OscillatorNode(this.context, { type: "sine", frequency: pitch });
    wood.frequency.setValueAtTime(pitch * 1.35, at);
    wood.frequency.exponentialRampToValueAtTime(pitch, at + 0.02);
    const ring = new GainNode(this.context, { gain: 0 });
    ring.gain.setValueAtTime(0.85, at);
    ring.gain.exponentialRampToValueAtTime(0.001, at + 0.12);
    wood.connect(ring).connect(this.out);
    hit.start(at, 0, 0.03);
    wood.start(at);
    wood.stop(at + 0.13);
  }
}
