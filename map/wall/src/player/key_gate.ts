/**
 * Decides which access units go into the decoder. Pure.
 *
 * What follows a loss cannot be decoded properly before the next key frame, and a
 * decoder that is behind never catches up by itself: its queue would grow without
 * bound. Nor does a page that was too busy to read its socket: what waited there is
 * old, and decoding all of it makes everything after it old too. In these cases
 * everything is left out up to the next key frame.
 */

export type Verdict =
  | "decode"
  | "drop"
  /** Decode this key frame after throwing away what still waits for the decoder. */
  | "restart";

/** Half a second at 25 frames a second: more than that is visibly late. */
export const QUEUE_MAX = 12;
/** From here on a tile says that it is behind. */
export const LATE_MAX_MS = 1_000;

export interface Unit {
  readonly key: boolean;
  readonly gap: boolean;
}

export class KeyGate {
  #waiting = true;
  #dropped = 0;
  /** How late it was when leaving out began; undefined: nothing is left out for that. */
  #lateFrom: number | undefined;
  /** Leaving out did not help: the line is slow, not this page. Show what comes. */
  #patient = false;

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

  /**
   * `queued`: access units that wait for the decoder now. `lateMs`: how long this one
   * was on its way from the engine to here.
   */
  admit(unit: Unit, queued: number, lateMs = 0): Verdict {
    if (lateMs <= LATE_MAX_MS) this.#patient = false;
    if (unit.key) {
      this.#patient ||= this.#lateFrom !== undefined && lateMs > LATE_MAX_MS && lateMs >= this.#lateFrom;
      this.#lateFrom = undefined;
      this.#waiting = false;
      return queued > QUEUE_MAX ? "restart" : "decode";
    }
    if (lateMs > LATE_MAX_MS && !this.#patient && !this.#waiting) {
      this.#lateFrom = lateMs;
      this.#waiting = true;
    }
    if (unit.gap || queued > QUEUE_MAX) this.#waiting = true;
    if (!this.#waiting) return "decode";
    this.#dropped += 1;
    return "drop";
  }
}
