/**
 * What the desk knows and shows. Components read the signals, the functions are all
 * that changes them.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Camera, Cell, Counts, MapCameras } from "../api/types";
import { cameraStates, registryVersion } from "../app/connection";
import { CAMERA_STATES } from "../wire/control";
import type { CameraState } from "../wire/control";
import { buildPlaces, cellKey, isCell, isGrid, keyOf, pathTo, withCells } from "./places";
import type { Place, Places } from "./places";
import { buildIndex } from "./search";
import { firstSlots, toggleSlot } from "./slots";
import type { Slots } from "./slots";

const RETRY_MS = 2_000;

/** The district as it was read, and what lies in the cells opened since, by code of the cell. */
const district = signal<Places | undefined>(undefined);
const inside = signal<ReadonlyMap<string, readonly Cell[]>>(new Map());
export const places = computed(() => district.value && withCells(district.value, [...inside.value.values()].flat()));
export const basemap = signal<readonly string[]>([]);
export const mapCameras = signal<MapCameras>({ type: "FeatureCollection", features: [] });
/** Why the district could not be read; undefined while it can. */
export const loadError = signal<string | undefined>(undefined);

/** The chosen place; undefined is the whole district. */
export const chosen = signal<Place | undefined>(undefined);
/** Its cameras; undefined while they are being read. */
export const chosenCameras = signal<readonly Camera[] | undefined>([]);
export const slots = signal<Slots>([]);
export const enlarged = signal<string | undefined>(undefined);

/** A registry without divisions and cells: the district itself lists its cameras. */
export const placeless = computed(() => places.value !== undefined && places.value.byCode.size === 1);

/** In the order in which they were picked by hand. */
let picked: readonly string[] = [];
const known = new Map<string, Camera>();

export const searchIndex = computed(() =>
  buildIndex(places.value, mapCameras.value.features.map((f) => f.properties)),
);

/** How many cameras of the district are in each state, as of now. */
export const districtCounts = computed<Counts>(() => {
  const counts = { total: 0, live: 0, online: 0, connecting: 0, offline: 0, unknown: 0 };
  for (const { properties } of mapCameras.value.features) {
    counts.total += 1;
    counts[stateOf(properties)] += 1;
  }
  return counts;
});

export function stateOf(camera: { readonly id: string; readonly state: CameraState }): CameraState {
  return cameraStates.value.get(camera.id) ?? camera.state;
}

export function countsOf(cameras: readonly Camera[]): Counts {
  const counts = { total: cameras.length, live: 0, online: 0, connecting: 0, offline: 0, unknown: 0 };
  for (const camera of cameras) counts[stateOf(camera)] += 1;
  return counts;
}

export function cameraById(id: string): Camera | undefined {
  return known.get(id);
}

/** Reads the district now and whenever the registry changed; goes on until it works. */
export function startModel(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = 0;
  const read = async (turn: number): Promise<void> => {
    try {
      await readDistrict();
    } catch (error) {
      if (turn !== reading) return;
      loadError.value = error instanceof Error ? error.message : String(error);
      timer = setTimeout(() => void read(turn), RETRY_MS);
    }
  };
  const stop = effect(() => {
    void registryVersion.value;
    clearTimeout(timer);
    reading += 1;
    void read(reading);
  });
  return () => {
    stop();
    reading += 1;
    clearTimeout(timer);
  };
}

async function readDistrict(): Promise<void> {
  const [head, divisions, cells, cameras] = await Promise.all([
    api.district(),
    api.divisions(),
    api.cells(),
    api.mapCameras(),
  ]);
  const first = district.value === undefined;
  const old = [...inside.value.keys()];
  const opened = await Promise.all(openedCells().map(readInside));
  const built = buildPlaces(head, divisions, cells);
  batch(() => {
    district.value = built;
    const kept = openedCells();
    const stale = old.filter((code) => !kept.includes(code));
    inside.value = new Map([...inside.value, ...opened].filter(([code]) => !stale.includes(code)));
    basemap.value = head.basemap;
    mapCameras.value = cameras;
    // What was read is newer than what was told before it.
    cameraStates.value = new Map();
    loadError.value = undefined;
  });
  if (placeless.value) await readAllCameras();
  else if (first) await chooseFromAddress(built);
  else if (chosen.value) await readCameras(chosen.value);
}

async function readAllCameras(): Promise<void> {
  const cameras = await api.cameras();
  for (const camera of cameras) known.set(camera.id, camera);
  chosenCameras.value = cameras;
}

async function chooseFromAddress(built: Places): Promise<void> {
  const query = new URLSearchParams(location.search);
  const cell = query.get("cell");
  const place = cell !== null ? await reachCell(cell) : built.byCode.get(query.get("division") ?? "");
  if (place) void choose(place);
}

/** The cells on the way to the chosen place: what lies in them is in the tree. */
function openedCells(): readonly string[] {
  if (!places.value || !chosen.value) return [];
  return pathTo(places.value, chosen.value).filter(isCell).map((place) => place.code);
}

/** The place of a cell, also one that lies in cells that nobody has opened yet. */
async function reachCell(code: string): Promise<Place | undefined> {
  const way: string[] = [];
  for (let at = code; at !== "" && !placeOfCode(at); ) {
    const cell: Cell | undefined = await api.cell(at).catch(() => undefined);
    if (!cell || cell.parent === "" || way.includes(cell.parent)) return undefined;
    way.unshift(cell.parent);
    at = cell.parent;
  }
  const read = await Promise.all(way.map(readInside));
  inside.value = new Map([...inside.value, ...read]);
  return placeOfCode(code);
}

function placeOfCode(code: string): Place | undefined {
  return places.value?.byCode.get(cellKey(code));
}

async function readInside(code: string): Promise<readonly [string, readonly Cell[]]> {
  return [code, await api.cellsIn(code)];
}

/** A cell plays at once; of larger places the cameras are only listed. */
export async function choose(place: Place | undefined): Promise<void> {
  if (placeless.value) return;
  const target = place?.kind === "district" ? undefined : place;
  batch(() => {
    chosen.value = target;
    chosenCameras.value = target ? undefined : [];
    enlarged.value = undefined;
  });
  writeAddress(target);
  if (!target) return;
  const cameras = await readCamerasUntilDone(target);
  if (!cameras || !isCell(target)) return;
  play(firstSlots(cameras.map((camera) => ({ id: camera.id, state: stateOf(camera) }))));
}

async function readCamerasUntilDone(place: Place): Promise<readonly Camera[] | undefined> {
  while (chosen.value === place) {
    try {
      return await readCameras(place);
    } catch {
      // The strip at the bottom says that the engine is away.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
}

async function readCameras(place: Place): Promise<readonly Camera[] | undefined> {
  const [cameras, below] = isCell(place)
    ? await Promise.all([api.camerasOfCell(place.code), readInside(place.code)])
    : [await api.camerasOfDivision(place.code)];
  if (!chosen.value || keyOf(chosen.value) !== keyOf(place)) return undefined;
  for (const camera of cameras) known.set(camera.id, camera);
  batch(() => {
    chosenCameras.value = cameras;
    if (below) inside.value = new Map([...inside.value, below]);
  });
  return cameras;
}

function play(ids: Slots): void {
  picked = ids;
  slots.value = ids;
}

export function toggle(camera: Camera): void {
  known.set(camera.id, camera);
  const next = toggleSlot(slots.value, picked, camera.id);
  picked = next.picked;
  batch(() => {
    slots.value = next.slots;
    if (enlarged.value !== undefined && !next.slots.includes(enlarged.value)) enlarged.value = undefined;
  });
}

/** Plays a camera found by name, with the grid around it, or the cell one is in. */
export async function showCamera(camera: Camera): Promise<void> {
  const cell = await reachCell(camera.cell);
  const path = places.value && cell ? pathTo(places.value, cell) : [];
  const grid = path.filter(isGrid).at(-1) ?? cell;
  const here = chosen.value && path.some((place) => isCell(place) && chosen.value && keyOf(place) === keyOf(chosen.value));
  if (grid && !here) await choose(grid);
  if (!slots.value.includes(camera.id)) toggle(camera);
}

export function closeAll(): void {
  batch(() => {
    play([]);
    enlarged.value = undefined;
  });
}

function writeAddress(place: Place | undefined): void {
  const url = new URL(location.href);
  url.searchParams.delete("cell");
  url.searchParams.delete("division");
  if (place) url.searchParams.set(isCell(place) ? "cell" : "division", place.code);
  history.replaceState(null, "", url);
}

/** Part and whole of the online rate: of the cameras that were ever asked. */
export function onlineOf(counts: Counts): { readonly online: number; readonly asked: number } {
  const online = counts.live + counts.online;
  return { online, asked: online + counts.offline };
}

/** States that occur, in the order of CAMERA_STATES. */
export function presentStates(counts: Counts): readonly CameraState[] {
  return CAMERA_STATES.filter((state) => counts[state] > 0);
}
