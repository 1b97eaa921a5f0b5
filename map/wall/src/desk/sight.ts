/**
 * Who sees a place, and what a camera sees: what the desk asks beside its lists.
 */
import { batch, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Position, Sighting, View } from "../api/types";

/** The place that was asked about; undefined: none. */
export const askedPlace = signal<Position | undefined>(undefined);
/** Its answer, best first; undefined while it is awaited. */
export const sightings = signal<readonly Sighting[] | undefined>(undefined);
/** Why there is no answer; undefined: there is, or it is awaited. */
export const askError = signal<string | undefined>(undefined);
/** What the camera sees that was last chosen. */
export const view = signal<View | undefined>(undefined);
let viewOf: string | undefined;

export async function askWhoSees(place: Position): Promise<void> {
  batch(() => {
    askedPlace.value = place;
    sightings.value = undefined;
    askError.value = undefined;
  });
  try {
    const answer = await api.whoSees(place);
    if (askedPlace.value !== place) return; // another one was asked about meanwhile
    sightings.value = answer;
    const best = answer[0];
    if (best && best.sight.kind !== "sees_not") void showView(best.id);
  } catch (error) {
    if (askedPlace.value === place) askError.value = error instanceof Error ? error.message : String(error);
  }
}

export function forgetPlace(): void {
  batch(() => {
    askedPlace.value = undefined;
    sightings.value = undefined;
    askError.value = undefined;
  });
  void showView(undefined);
}

/** A camera without a place sees nothing that could be drawn. */
export async function showView(id: string | undefined): Promise<void> {
  viewOf = id;
  if (id === undefined) {
    view.value = undefined;
    return;
  }
  const seen = await api.view(id).catch(() => undefined);
  if (viewOf === id) view.value = seen;
}
