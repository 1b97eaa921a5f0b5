/**
 * 90 kHz ticks modulo 2^32 (they wrap every 13 hours) as a number that does not wrap.
 * Pure.
 */

export const WRAP = 2 ** 32;

export class Timeline {
  #last: number | undefined;

  /** Ticks since the first one's epoch; steps of up to half the range, either way. */
  unwrap(pts90k: number): number {
    if (this.#last === undefined) return (this.#last = pts90k);
    let step = (pts90k - (this.#last % WRAP) + WRAP) % WRAP;
    if (step >= WRAP / 2) step -= WRAP;
    this.#last += step;
    // A step back beyond the start would make the remainder negative.
    if (this.#last < 0) this.#last += WRAP;
    return this.#last;
  }
}
