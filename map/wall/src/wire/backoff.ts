/**
 * When to try again. Pure.
 *
 * An engine that comes back is met by every wall of a district at once: the waits
 * are spread over a range, and the first one is short because most cuts are.
 */

export const FIRST_WAIT_MS = 250;
/** A wall is whole again within 3 s of the engine's return: never wait longer. */
export const LONGEST_WAIT_MS = 2500;

/** The wait before attempt `attempt` (1 is the first); `random` is in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 16));
  return full / 2 + (full / 2) * random;
}
