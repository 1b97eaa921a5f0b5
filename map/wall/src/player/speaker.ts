/**
 * The page's loudspeaker: one tile at a time has it. Its AudioContext is made with the
 * first click, for browsers allow none before.
 */
import type { Form } from "../wire/frame";
import { Sound } from "./sound";

/** Who has the loudspeaker. */
export interface SpeakerHolder {
  /** Another tile took it. */
  onSpeakerLost(): void;
}

export class Speaker {
  #context: AudioContext | undefined;
  #holder: SpeakerHolder | undefined;

  /** Must be called from a click or a key. Whoever had the loudspeaker loses it. */
  take(holder: SpeakerHolder, form: Form): Sound {
    if (this.#holder && this.#holder !== holder) this.#holder.onSpeakerLost();
    this.#holder = holder;
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    void this.#context.resume();
    return new Sound(this.#context, form);
  }

  /** Nobody has it any more: the audio device is let go. */
  release(holder: SpeakerHolder): void {
    if (this.#holder !== holder) return;
    this.#holder = undefined;
    void this.#context?.suspend();
  }
}
