/**
 * Finds cameras, cells and divisions while one types. Pure.
 */
import type { MapCameraProperties } from "../api/types";
import type { Place, Places } from "./places";

export type Hit =
  | { readonly kind: "camera"; readonly camera: MapCameraProperties }
  | { readonly kind: "place"; readonly place: Place };

interface Entry {
  readonly code: string;
  readonly name: string;
  readonly hit: Hit;
}

export type SearchIndex = readonly Entry[];

/** Places come before cameras that match as well: there are fewer, and they lead on. */
export function buildIndex(places: Places | undefined, cameras: readonly MapCameraProperties[]): SearchIndex {
  const ofPlaces = [...(places?.byCode.values() ?? [])].map((place): Entry => ({
    code: place.code,
    name: folded(place.name),
    hit: { kind: "place", place },
  }));
  const ofCameras = cameras.map((camera): Entry => ({
    code: folded(camera.id),
    name: folded(camera.name),
    hit: { kind: "camera", camera },
  }));
  return [...ofPlaces, ...ofCameras];
}

export interface Found {
  /** The best `limit` ones, best first. */
  readonly hits: readonly Hit[];
  readonly total: number;
}

/** Several words must all match, each in the name or the code. */
export function search(index: SearchIndex, query: string, limit: number): Found {
  const terms = folded(query).split(" ").filter((term) => term !== "");
  if (terms.length === 0) return { hits: [], total: 0 };
  const ranked: Hit[][] = [[], [], [], []];
  let total = 0;
  for (const entry of index) {
    const rank = rankOf(entry, terms);
    if (rank === undefined) continue;
    total += 1;
    const hits = ranked[rank];
    if (hits && hits.length < limit) hits.push(entry.hit);
  }
  return { hits: ranked.flat().slice(0, limit), total };
}

/** 0 is the same, 1 begins so, 2 has it in its name, 3 in its code; undefined: no. */
function rankOf(entry: Entry, terms: readonly string[]): number | undefined {
  let worst = 0;
  for (const term of terms) {
    const rank = rankOfTerm(entry, term);
    if (rank === undefined) return undefined;
    worst = Math.max(worst, rank);
  }
  return worst;
}

function rankOfTerm({ code, name }: Entry, term: string): number | undefined {
  if (code === term || name === term) return 0;
  if (name.startsWith(term) || code.startsWith(term)) return 1;
  if (name.includes(term)) return 2;
  return code.includes(term) ? 3 : undefined;
}

/** Full-width letters, capitals and runs of space do not matter. */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}
