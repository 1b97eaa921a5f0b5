/**
 * Remembers what went into the decoder until it comes out on the screen. Pure.
 */
import type { Shown } from "./picture";

/** More are never between decoder and screen; the bound is against leaks. */
export const LOG_MAX = 256;

export class FrameLog {
  readonly #byTicks = new Map<number, Shown>();

  put(ticks: number, shown: Shown): void {
    this.#byTicks.set(ticks, shown);
    if (this.#byTicks.size > LOG_MAX) {
      const oldest = this.#byTicks.keys().next();
      if (!oldest.done) this.#byTicks.delete(oldest.value);
    }
  }

  /** The last frame at or before `ticks`; older ones are forgotten. */
  takeUpTo(ticks: number): Shown | undefined {
    let best: number | undefined;
    for (const t of this.#byTicks.keys()) {
      if (t <= ticks && (best === undefined || t > best)) best = t;
    }
    if (best === undefined) return undefined;
    const shown = this.#byTicks.get(best);
    for (const t of [...this.#byTicks.keys()]) if (t < best) this.#byTicks.delete(t);
    return shown;
  }

  clear(): void {
    this.#byTicks.clear();
  }
}
