/**
 * District, towns, villages and cells as one tree. Pure.
 *
 * Cells inside a grid (compounds, buildings, stairwells) join it when their grid is
 * opened: a district has thousands.
 */
import type { Bounds, Cell, CellKind, Counts, District, Division } from "../api/types";

export const CELL_KINDS = ["cell", "special", "compound", "building", "stairwell"] as const;
export type PlaceKind = "district" | "town" | "village" | (typeof CELL_KINDS)[number];

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

const KIND_OF_CELL: Readonly<Record<CellKind, PlaceKind>> = {
  street: "cell",
  community: "cell",
  grid: "cell",
  special: "special",
  compound: "compound",
  building: "building",
  stairwell: "stairwell",
};
/** Levels of cells that are also divisions. */
const COMMUNITY_LEVEL = 2;

export function isCell(place: Place): boolean {
  return CELL_KINDS.some((kind) => kind === place.kind);
}

/** A grid, special ones included: what one sees of a district's cells at first. */
export function isGrid(place: Place): boolean {
  return place.kind === "cell" || place.kind === "special";
}

/** Cells keep a name space of their own: a cell's code may equal a division's. */
export function cellKey(code: string): string {
  return `cell:${code}`;
}

export function keyOf(place: Place): string {
  return isCell(place) ? cellKey(place.code) : place.code;
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
  const shown = cells.filter((cell) => !isDivision(cell, byCode));
  addCells(byCode, shown);
  return { district: root, bounds: district.bounds, byCode, children: childrenOf(root, byCode) };
}

/** The same tree with `cells` in it, new ones or read again. */
export function withCells(places: Places, cells: readonly Cell[]): Places {
  if (cells.length === 0) return places;
  const byCode = new Map(places.byCode);
  addCells(byCode, cells);
  return { ...places, byCode, children: childrenOf(places.district, byCode) };
}

/** A street's or community's cell is the same place as its division, which is shown. */
function isDivision(cell: Cell, byCode: ReadonlyMap<string, Place>): boolean {
  return cell.level <= COMMUNITY_LEVEL && (byCode.has(cell.code) || byCode.has(`${cell.code}000`));
}

function addCells(byCode: Map<string, Place>, cells: readonly Cell[]): void {
  const fresh = new Set(cells.map((cell) => cellKey(cell.code)));
  for (const c of cells) {
    byCode.set(cellKey(c.code), placeOfCell(c, (key) => fresh.has(key) || byCode.has(key)));
  }
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
function placeOfCell(c: Cell, known: (key: string) => boolean): Place {
  const parent = cellKey(c.parent);
  return {
    kind: KIND_OF_CELL[c.kind],
    code: c.code,
    name: c.name,
    parent: c.parent !== c.code && known(parent) ? parent : c.division,
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
