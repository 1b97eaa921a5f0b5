/**
 * Which rows of a long list are on screen. Pure.
 */

export interface Window {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Rows kept ready beyond either edge, so that scrolling shows no holes. */
const MARGIN = 6;

export function windowOf(rows: number, rowPx: number, scrollPx: number, heightPx: number): Window {
  const first = Math.max(0, Math.min(rows, Math.floor(scrollPx / rowPx)) - MARGIN);
  const end = Math.min(rows, Math.ceil((scrollPx + heightPx) / rowPx) + MARGIN);
  return { first, end: Math.max(first, end) };
}

/** Where to scroll so that `row` is seen whole; unchanged when it is already. */
export function scrollToRow(row: number, rowPx: number, scrollPx: number, heightPx: number): number {
  const top = row * rowPx;
  if (top < scrollPx) return top;
  return Math.max(scrollPx, top + rowPx - heightPx);
}
