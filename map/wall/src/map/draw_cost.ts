/**
 * Whether drawing the map holds up the page. Pure: times are passed in.
 *
 * Without a graphics card a frame of the map takes a few hundred milliseconds, in which
 * the page can do nothing else: a flight of one second would stop every picture.
 */

/** A frame that takes longer is seen by everything else on the page. */
const SLOW_MS = 60;
/** Below this it is fast again: between the two it stays what it was. */
const FAST_MS = 35;
/** Weight of the newest frame in the mean. */
const NEWEST = 0.3;

export class DrawCost {
  #meanMs = 0;
  #slow = false;

  note(frameMs: number): void {
    this.#meanMs += NEWEST * (frameMs - this.#meanMs);
    if (this.#meanMs > SLOW_MS) this.#slow = true;
    else if (this.#meanMs < FAST_MS) this.#slow = false;
  }

  get slow(): boolean {
    return this.#slow;
  }
}
