/**
 * Which cameras play on the desk. Pure.
 */
import type { CameraState } from "../wire/control";

export const SLOTS = 9;

/** Camera ids in the order of their tiles. */
export type Slots = readonly string[];

/** Cameras that probably answer come first; otherwise the order stays. */
const RANK: Readonly<Record<CameraState, number>> = { live: 0, online: 1, unknown: 2, connecting: 3, offline: 4 };

export function firstSlots(cameras: readonly { readonly id: string; readonly state: CameraState }[]): Slots {
  return [...cameras]
    .sort((a, b) => RANK[a.state] - RANK[b.state])
    .slice(0, SLOTS)
    .map((camera) => camera.id);
}

/**
 * Picks a camera or puts it back. When all are taken it gets the tile of the one
 * that was picked first (`picked`: in order of picking), the others stay where they are.
 */
export function toggleSlot(slots: Slots, picked: readonly string[], id: string): { slots: Slots; picked: readonly string[] } {
  if (slots.includes(id)) {
    return { slots: slots.filter((s) => s !== id), picked: picked.filter((p) => p !== id) };
  }
  if (slots.length < SLOTS) return { slots: [...slots, id], picked: [...picked, id] };
  const oldest = picked.find((p) => slots.includes(p)) ?? slots[0];
  return {
    slots: slots.map((s) => (s === oldest ? id : s)),
    picked: [...picked.filter((p) => p !== oldest), id],
  };
}

/** Columns of a grid of `n` tiles. */
export function slotColumns(n: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(n)));
}
