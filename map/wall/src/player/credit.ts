/**
 * How many more media frames the engine may send for one tile: what was sent is granted
 * again when the decoder has caught up with it. Pure.
 *
 * A page that cannot keep up stops granting, and the engine leaves frames out (up to a
 * key frame, docs/wire.md) before they cross the network, not after.
 */

/** Granted in portions, so that credit costs few messages. */
export const PORTION_FRAMES = 8;
/** A decoder that more than this waits for has not caught up. */
export const BEHIND_FRAMES = 4;

export class Credit {
  #owed = 0;

  /** A media frame came, whether it was decoded or left out. */
  received(): void {
    this.#owed += 1;
  }

  /** The link was lost: credit begins anew with the next subscription. */
  reset(): void {
    this.#owed = 0;
  }

  /** Frames to grant now. `queued`: frames that wait for the decoder. */
  take(queued: number): number {
    if (this.#owed < PORTION_FRAMES || queued > BEHIND_FRAMES) return 0;
    const frames = this.#owed;
    this.#owed = 0;
    return frames;
  }
}
