// Calls in their order: each is shown and spoken to its end before the next begins, and none is left out.
// Only the screen that the server chose speaks; the others show the same calls and keep silent.

const SHOWN_MS = 4_000; // how long a call without sound keeps the stage
const GIVE_UP_MS = 20_000; // no call lasts as long: a sound card that hangs must not stop the hall
const LATE = 6; // so many wait: those that are past are no longer shown one by one

export class CallQueue {
  constructor(show, wantsSound) {
    this.show = show;
    this.wantsSound = wantsSound;
    this.waiting = [];
    this.busy = false;
    this.seen = 0;
    this.spoken = [];
  }

  take(call) {
    if (call.id <= this.seen) return; // told twice, by a stream that was opened anew
    this.seen = call.id;
    if (call.past && this.waiting.length >= LATE) return;
    this.waiting.push(call);
    if (!this.busy) this.run();
  }

  async run() {
    this.busy = true;
    while (this.waiting.length) {
      const call = this.waiting.shift();
      this.show(call, this.waiting);
      if (call.past) await pause(1_200);
      else if (call.speak && this.wantsSound()) await this.speak(call);
      else await pause(this.waiting.length ? 1_500 : SHOWN_MS);
    }
    this.busy = false;
    this.show(null, []);
  }

  async speak(call) {
    const sound = new Audio(`/papan/suara/${call.id}.wav`);
    sound.volume = call.volume / 100;
    const began = performance.now();
    try {
      await Promise.race([played(sound), pause(GIVE_UP_MS)]);
      this.spoken.push([call.number, began, performance.now()]);
    } catch {
      await pause(SHOWN_MS); // no sound to be had: the call is seen all the same
    } finally {
      sound.pause();
    }
  }
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const played = (sound) => new Promise((resolve, reject) => {
  sound.onended = resolve;
  sound.onerror = reject;
  sound.play().catch(reject);
});
