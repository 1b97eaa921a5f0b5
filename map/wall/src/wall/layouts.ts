/**
 * Layouts of a wall. Pure.
 */

/** Numbers of tiles, smallest first; each is a square grid. */
export const LAYOUTS = [1, 4, 9, 16] as const;
export type Layout = (typeof LAYOUTS)[number];

export function columnsOf(layout: Layout): number {
  return Math.sqrt(layout);
}

/** The next larger (+1) or smaller (-1) layout; the last one stays. */
export function stepLayout(layout: Layout, step: 1 | -1): Layout {
  return LAYOUTS[LAYOUTS.indexOf(layout) + step] ?? layout;
}

/** The smallest layout that shows `cameras` at once, or the largest there is. */
export function layoutFor(cameras: number): Layout {
  return LAYOUTS.find((layout) => layout >= cameras) ?? 16;
}

export function isLayout(value: unknown): value is Layout {
  return LAYOUTS.some((layout) => layout === value);
}
