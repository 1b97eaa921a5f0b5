/**
 * Keeps a <video> fed by Media Source Extensions at the live edge. Pure: looks at
 * what is buffered and says what to do.
 */

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Buffered {
  /** Seconds; ordered, as TimeRanges are. */
  readonly ranges: readonly Range[];
  readonly position: number;
}

export interface Advice {
  /** Jump there first. */
  readonly seekTo?: number;
  readonly playbackRate: number;
  /** Remove everything before this. */
  readonly trimBefore?: number;
}

/** Seconds behind the newest picture. */
export const TARGET_S = 0.12;
const HURRY_S = 0.35;
/** Hurrying would take longer than 5 s from here: a start with a cached group of pictures. */
const JUMP_S = 0.8;
/** Seconds of past that are kept, and how many make it worth removing. */
const KEEP_S = 4;
const TRIM_FROM_S = 12;

/** `rate` is the current playback rate: between the limits it stays as it is. */
export function advise(b: Buffered, rate: number): Advice {
  const newest = b.ranges.at(-1);
  const oldest = b.ranges[0];
  if (!newest || !oldest) return { playbackRate: 1 };

  const lag = newest.end - b.position;
  const inside = b.ranges.some((r) => b.position >= r.start - 0.001 && b.position < r.end + 0.1);
  const stranded = !inside || (b.ranges.length > 1 && b.position < newest.start && reachedEnd(b));
  if (stranded || lag > JUMP_S) {
    return { seekTo: Math.max(newest.start, newest.end - TARGET_S), playbackRate: 1, ...trim(b, oldest) };
  }
  const playbackRate = lag > HURRY_S ? 1.1 : lag <= TARGET_S ? 1 : rate;
  return { playbackRate, ...trim(b, oldest) };
}

/** At a hole the browser stops and waits for ever. */
function reachedEnd(b: Buffered): boolean {
  return b.ranges.some((r) => Math.abs(r.end - b.position) < 0.1);
}

function trim(b: Buffered, oldest: Range): { trimBefore?: number } {
  return b.position - oldest.start > TRIM_FROM_S ? { trimBefore: b.position - KEEP_S } : {};
}
