/**
 * The engine's clock as the page sees it. Pure: times are passed in.
 *
 * The clocks of the two machines may differ by hours; a picture's age must not. Each
 * ping gives a sample: the engine's time at about the middle of the round trip. The
 * sample with the shortest trip is the best one, and old samples leave, because
 * quartz drifts.
 */

/** Samples kept: at a ping each 5 s about a minute. */
const SAMPLES = 12;

interface Sample {
  readonly roundTripMs: number;
  readonly offsetMs: number;
}

export class EngineClock {
  #samples: Sample[] = [];

  /** A rough first idea, from a message that just arrived: replaced by any ping. */
  hello(nowMs: number, engineUs: number): void {
    this.#samples = [{ roundTripMs: Infinity, offsetMs: engineUs / 1000 - nowMs }];
  }

  sample(sentMs: number, receivedMs: number, engineUs: number): void {
    const roundTripMs = Math.max(0, receivedMs - sentMs);
    const offsetMs = engineUs / 1000 - (sentMs + receivedMs) / 2;
    this.#samples = [...this.#samples, { roundTripMs, offsetMs }].slice(-SAMPLES);
  }

  /** The engine's time at page time `nowMs`; undefined before the first message. */
  engineMs(nowMs: number): number | undefined {
    const [first, ...rest] = this.#samples;
    if (!first) return undefined;
    const best = rest.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a), first);
    return nowMs + best.offsetMs;
  }
}
