/**
 * What the desk knows and shows. Components read the signals, the functions are all
 * that changes them.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Camera, Counts, MapCameras } from "../api/types";
import { cameraStates, registryVersion } from "../app/connection";
import { CAMERA_STATES } from "../wire/control";
import type { CameraState } from "../wire/control";
import { buildPlaces, cellKey, keyOf } from "./places";
import type { Place, Places } from "./places";
import { buildIndex } from "./search";
import { firstSlots, toggleSlot } from "./slots";
import type { Slots } from "./slots";

const RETRY_MS = 2_000;

export const places = signal<Places | undefined>(undefined);
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
  const [district, divisions, cells, cameras] = await Promise.all([
    api.district(),
    api.divisions(),
    api.cells(),
    api.mapCameras(),
  ]);
  const first = places.value === undefined;
  const built = buildPlaces(district, divisions, cells);
  batch(() => {
    places.value = built;
    basemap.value = district.basemap;
    mapCameras.value = cameras;
    // What was read is newer than what was told before it.
    cameraStates.value = new Map();
    loadError.value = undefined;
  });
  if (first) chooseFromAddress(built);
  else if (chosen.value) await readCameras(chosen.value);
}

function chooseFromAddress(built: Places): void {
  const query = new URLSearchParams(location.search);
  const cell = query.get("cell");
  const key = cell !== null ? cellKey(cell) : (query.get("division") ?? "");
  const place = built.byCode.get(key);
  if (place) void choose(place);
}

/** A cell plays at once; of larger places the cameras are only listed. */
export async function choose(place: Place | undefined): Promise<void> {
  const target = place?.kind === "district" ? undefined : place;
  batch(() => {
    chosen.value = target;
    chosenCameras.value = target ? undefined : [];
    enlarged.value = undefined;
  });
  writeAddress(target);
  if (!target) return;
  const cameras = await readCamerasUntilDone(target);
  if (!cameras || target.kind !== "cell") return;
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
  const cameras = place.kind === "cell" ? await api.camerasOfCell(place.code) : await api.camerasOfDivision(place.code);
  if (!chosen.value || keyOf(chosen.value) !== keyOf(place)) return undefined;
  for (const camera of cameras) known.set(camera.id, camera);
  chosenCameras.value = cameras;
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

/** Plays a camera found by name, with its cell around it. */
export async function showCamera(camera: Camera): Promise<void> {
  const cell = places.value?.byCode.get(cellKey(camera.cell));
  if (cell && (!chosen.value || keyOf(chosen.value) !== keyOf(cell))) await choose(cell);
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
  if (place) url.searchParams.set(place.kind === "cell" ? "cell" : "division", place.code);
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
