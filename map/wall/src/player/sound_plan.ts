/**
 * When each piece of a sound is to be heard: one after the other without a seam, a
 * little later than it came (lines jitter), in step with the picture. Pure: all times
 * are seconds of one clock, times in the stream 90 kHz ticks modulo 2^32.
 *
 * What is scheduled is bounded: a sound that came all at once is left out up to where
 * it is live again.
 */

/** How long before it is heard the first piece must be there. */
export const MARGIN_S = 0.06;
/** No more than this is ever scheduled. */
export const AHEAD_MAX_S = 0.4;
/** Stamps are whole ticks and clocks differ: a gap or overlap below this is none. */
export const SEAM_S = 0.01;
/** Sound and picture apart by more than this are seen to be (ITU-R BT.1359). */
export const STEP_MAX_S = 0.125;
/** Pieces in a row that must be out of step: single pictures are late, too. */
export const CONFIRM = 8;
/** Moving the sound is heard: it must bring it nearer by this. */
const WORTH_S = 0.05;

const WRAP = 2 ** 32;
const TICKS_PER_S = 90_000;

/** From `from` to `to`, the shorter way round. */
export function secondsBetween(from: number, to: number): number {
  let ticks = (to - from) % WRAP;
  if (ticks >= WRAP / 2) ticks -= WRAP;
  if (ticks < -WRAP / 2) ticks += WRAP;
  return ticks / TICKS_PER_S;
}

export interface Piece {
  readonly pts90k: number;
  readonly seconds: number;
}

export class SoundPlan {
  /** Where the next piece belongs, when it follows without a gap. */
  #next: { readonly pts90k: number; readonly atS: number } | undefined;
  #out = 0;
  /** Pieces that are not heard. */
  skipped = 0;

  /**
   * When the piece is heard; undefined: not at all. `pictureS`: when the picture of that
   * time is on screen, if that is known.
   */
  place(piece: Piece, nowS: number, pictureS: number | undefined): number | undefined {
    const best = Math.max(nowS + MARGIN_S, pictureS ?? 0);
    const expected = this.#expected(piece.pts90k);
    if (expected === undefined || expected < nowS) return this.#begin(piece, best, nowS);
    if (expected > nowS + AHEAD_MAX_S) return this.#skip(piece);
    if (!this.#isOut(expected, best, pictureS)) return this.#put(piece, expected);
    return expected > best ? this.#skip(piece) : this.#begin(piece, best, nowS);
  }

  #expected(pts90k: number): number | undefined {
    if (!this.#next) return undefined;
    const gapS = secondsBetween(this.#next.pts90k, pts90k);
    return Math.abs(gapS) < SEAM_S ? this.#next.atS : this.#next.atS + gapS;
  }

  #isOut(expected: number, best: number, pictureS: number | undefined): boolean {
    const isOut =
      pictureS !== undefined &&
      Math.abs(expected - pictureS) > STEP_MAX_S &&
      Math.abs(best - pictureS) + WORTH_S < Math.abs(expected - pictureS);
    this.#out = isOut ? this.#out + 1 : 0;
    return this.#out >= CONFIRM;
  }

  #begin(piece: Piece, best: number, nowS: number): number | undefined {
    this.#out = 0;
    this.#next = undefined;
    if (best <= nowS + AHEAD_MAX_S) return this.#put(piece, best);
    this.skipped += 1;
    return undefined;
  }

  #put({ pts90k, seconds }: Piece, atS: number): number {
    this.#next = { pts90k: pts90k + seconds * TICKS_PER_S, atS: atS + seconds };
    return atS;
  }

  /** What follows takes this piece's place. */
  #skip({ pts90k, seconds }: Piece): undefined {
    this.skipped += 1;
    if (this.#next) this.#next = { ...this.#next, pts90k: pts90k + seconds * TICKS_PER_S };
    return undefined;
  }
}
