/**
 * Decides which access units go into the decoder. Pure.
 *
 * What follows a loss cannot be decoded properly before the next key frame, and a
 * decoder that is behind never catches up by itself: its queue would grow without
 * bound. In both cases everything is left out up to the next key frame.
 */

export type Verdict =
  | "decode"
  | "drop"
  /** Decode this key frame after throwing away what still waits for the decoder. */
  | "restart";

/** Half a second at 25 frames a second: more than that is visibly late. */
export const QUEUE_MAX = 12;

export class KeyGate {
  #waiting = true;
  #dropped = 0;

  /** Parameter sets changed, the link came back, the decoder failed. */
  close(): void {
    this.#waiting = true;
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** `queued`: access units that wait for the decoder now. */
  admit(unit: { readonly key: boolean; readonly gap: boolean }, queued: number): Verdict {
    if (unit.key) {
      this.#waiting = false;
      return queued > QUEUE_MAX ? "restart" : "decode";
    }
    if (unit.gap || queued > QUEUE_MAX) this.#waiting = true;
    if (!this.#waiting) return "decode";
    this.#dropped += 1;
    return "drop";
  }
}
