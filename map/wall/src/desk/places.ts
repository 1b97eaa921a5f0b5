/**
 * District, towns, villages and cells as one tree. Pure.
 */
import type { Bounds, Cell, Counts, District, Division } from "../api/types";

export type PlaceKind = "district" | "town" | "village" | "cell";

export interface Place {
  readonly kind: PlaceKind;
  readonly code: string;
  readonly name: string;
  readonly parent: string;
  readonly counts: Counts;
  readonly geometry: GeoJSON.Geometry | null;
}

export interface Places {
  readonly district: Place;
  readonly bounds: Bounds;
  readonly byCode: ReadonlyMap<string, Place>;
  /** By code of the parent, in order of code. */
  readonly children: ReadonlyMap<string, readonly Place[]>;
}

const KIND_OF_LEVEL: Readonly<Record<number, PlaceKind>> = { 1: "district", 2: "town", 3: "village" };

/** Cells keep a name space of their own: a cell's code may equal a division's. */
export function cellKey(code: string): string {
  return `cell:${code}`;
}

export function keyOf(place: Place): string {
  return place.kind === "cell" ? cellKey(place.code) : place.code;
}

export function buildPlaces(
  district: District,
  divisions: readonly Division[],
  cells: readonly Cell[],
): Places {
  const root: Place = {
    kind: "district",
    code: district.code,
    name: district.name,
    parent: "",
    counts: district.cameras,
    geometry: null,
  };
  const byCode = new Map<string, Place>([[root.code, root]]);
  for (const d of divisions) {
    if (d.code !== root.code) byCode.set(d.code, placeOfDivision(d));
  }
  const cellCodes = new Set(cells.map((cell) => cell.code));
  for (const c of cells) byCode.set(cellKey(c.code), placeOfCell(c, cellCodes));
  return { district: root, bounds: district.bounds, byCode, children: childrenOf(root, byCode) };
}

function placeOfDivision(d: Division): Place {
  return {
    kind: KIND_OF_LEVEL[d.level] ?? "village",
    code: d.code,
    name: d.name,
    parent: d.parent,
    counts: d.cameras,
    geometry: d.geometry ?? null,
  };
}

/** A cell lies in its parent cell where that is known, otherwise in its division. */
function placeOfCell(c: Cell, known: ReadonlySet<string>): Place {
  return {
    kind: "cell",
    code: c.code,
    name: c.name,
    parent: known.has(c.parent) && c.parent !== c.code ? cellKey(c.parent) : c.division,
    counts: c.cameras,
    geometry: c.geometry ?? null,
  };
}

/** What names no known parent hangs on the district: nothing is ever unreachable. */
function childrenOf(root: Place, byCode: ReadonlyMap<string, Place>): Map<string, Place[]> {
  const children = new Map<string, Place[]>();
  for (const place of byCode.values()) {
    if (place === root) continue;
    const parent = byCode.has(place.parent) ? place.parent : root.code;
    const siblings = children.get(parent);
    if (siblings) siblings.push(place);
    else children.set(parent, [place]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => (a.code < b.code ? -1 : 1));
  return children;
}

/** From the district down to `place`, itself included. */
export function pathTo(places: Places, place: Place): readonly Place[] {
  const path: Place[] = [];
  const seen = new Set<Place>();
  let at: Place | undefined = place;
  while (at && !seen.has(at)) {
    path.unshift(at);
    seen.add(at);
    at = places.byCode.get(at.parent);
  }
  return path[0] === places.district ? path : [places.district, ...path];
}
