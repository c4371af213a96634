// The loudspeaker of the box: the line that it shows, spoken by the voice that this machine has (the demo renders it, as
// the bridge's own loudspeaker does), after the tones of its stage, and again while the stage lasts.

const AFTER_TONES_MS = 900;

export class Voice {
  constructor(hush) {
    this.hush = hush;
    this.allowed = false;
    this.context = null;
    this.said = null;
    this.line = "";
    this.turn = 0;
    this.spoken = 0;
  }

  allow(on) {
    this.allowed = on;
    if (on && !this.context) this.context = new AudioContext();
    if (on) this.context.resume();
    this.begin();
  }

  // `said` is {line, again_ms, times}; an empty line is silence.
  follow(said) {
    const isSame = said.line === this.line;
    this.said = said;
    this.line = said.line;
    if (!isSame) this.begin();
  }

  begin() {
    this.turn += 1;
    this.source?.stop();
    this.hush(false);
    if (!this.allowed || !this.line) return;
    const turn = this.turn;
    let times = 0;
    const say = async () => {
      if (turn !== this.turn || (this.said.times !== null && times >= this.said.times)) return;
      times += 1;
      const lastsMs = await this.play(turn);
      if (lastsMs !== null && turn === this.turn) setTimeout(say, lastsMs + this.said.again_ms);
    };
    setTimeout(say, AFTER_TONES_MS);
  }

  async play(turn) {
    const answer = await fetch(`/sim/voice.wav?${new URLSearchParams({ line: this.line })}`).catch(() => null);
    if (!answer || answer.status !== 200) return null; // a machine without a voice has tones alone
    const buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
    if (turn !== this.turn) return null;
    this.source = new AudioBufferSourceNode(this.context, { buffer });
    this.source.connect(this.context.destination);
    this.source.addEventListener("ended", () => turn === this.turn && this.hush(false));
    this.hush(true);
    this.source.start();
    this.spoken += 1;
    document.body.dataset.spoken = String(this.spoken);
    return buffer.duration * 1000;
  }
}
