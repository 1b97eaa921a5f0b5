/**
 * The 3D map of the district: MapLibre and what the desk tells it. It knows nothing of
 * components or signals; the desk calls set...() and show(), the map calls back.
 */
import { Map as MapLibreMap, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, MapMouseEvent } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { api } from "../api/client";
import type { MapCameras, Position, View } from "../api/types";
import { cellKey, isCell, isGrid } from "../desk/places";
import type { Place, Places } from "../desk/places";
import type { CameraState } from "../wire/control";
import { DrawCost } from "./draw_cost";
import { emptyCollection, labels, outlines, playingPoints, pointAt, withStates } from "./features";
import { boundsOf } from "./geometry";
import { addStateIcons } from "./state_icons";
import { BASEMAP, CAMERA_HITS, CELL_HIT, CLUSTER_HIT, districtStyle, SOURCES } from "./style";

/** States of thousands of cameras may change at once: clustering again costs time. */
const STATES_EVERY_MS = 1_000;
const PITCH = 50;
const BEARING = -14;
const LEAN_ZOOM = 0.2;
/** Part of the height by which it does. */
const LEAN_DOWN = 0.13;
const FLIGHT_MS = 1_100;
/** Closer than this a cell's surroundings are lost. */
const CELL_MAX_ZOOM = 16.2;
/** A compound or a building fills the view. */
const INSIDE_MAX_ZOOM = 18;
const BASEMAP_RETRY_MS = 3_000;

export interface DistrictMapEvents {
  onCell(code: string): void;
  onCamera(id: string): void;
  /** Who sees this place? By the right button, or a long touch. */
  onAsk(place: Position): void;
}

export interface DistrictMap {
  setPlaces(places: Places, basemap: readonly string[]): void;
  setCameras(cameras: MapCameras, states: ReadonlyMap<string, CameraState>): void;
  setPlaying(ids: readonly string[]): void;
  /** What a camera sees; undefined: nothing is shown. */
  setView(view: View | undefined): void;
  setAsked(place: Position | undefined): void;
  /** undefined: the whole district. */
  show(place: Place | undefined): void;
  remove(): void;
}

/** Throws where there is no WebGL 2. */
export function createDistrictMap(container: HTMLElement, events: DistrictMapEvents): DistrictMap {
  setWorkerUrl(new URL(workerUrl, location.href).href);
  return new MapOfDistrict(container, events);
}

class MapOfDistrict implements DistrictMap {
  readonly #map: MapLibreMap;
  readonly #events: DistrictMapEvents;
  readonly #loaded: Promise<void>;
  readonly #basemapRead = new Set<string>();
  readonly #cost = new DrawCost();
  #places: Places | undefined;
  #cameras: MapCameras = { type: "FeatureCollection", features: [] };
  #states: ReadonlyMap<string, CameraState> = new Map();
  #playing: readonly string[] = [];
  #hover: string | undefined;
  #chosen: string | undefined;
  #shown: string | undefined;
  #camerasTimer: ReturnType<typeof setTimeout> | undefined;
  #drawnCameras: MapCameras | undefined;
  #ready = false;
  #removed = false;

  constructor(container: HTMLElement, events: DistrictMapEvents) {
    this.#events = events;
    this.#map = new MapLibreMap({
      container,
      style: districtStyle(),
      attributionControl: false,
      pitch: PITCH,
      bearing: BEARING,
      maxPitch: 70,
      maxZoom: 19,
      // Names that fade keep the map drawing, and stand beside those that follow them.
      fadeDuration: 0,
      localIdeographFontFamily: '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif',
    });
    this.#loaded = new Promise((resolve) => this.#map.once("load", () => resolve()));
    void this.#loaded.then(() => {
      this.#ready = true;
      addStateIcons(this.#map);
    });
    this.#map.on("render", () => this.#onRender());
    this.#map.on("mousemove", (event) => this.#onMove(event));
    this.#map.on("mouseout", () => this.#setHover(undefined));
    this.#map.on("contextmenu", (event) => events.onAsk([event.lngLat.lng, event.lngLat.lat]));
    this.#map.on("click", (event) => void this.#onClick(event));
  }

  setPlaces(places: Places, basemap: readonly string[]): void {
    const first = this.#places === undefined;
    this.#places = places;
    if (first) this.#map.jumpTo({ ...this.#cameraFor(places.bounds), pitch: PITCH, bearing: BEARING });
    void this.#whenLoaded(() => {
      const all = [...places.byCode.values()];
      this.#source(SOURCES.towns).setData(outlines(all, "town"));
      this.#source(SOURCES.villages).setData(outlines(all, "village"));
      this.#source(SOURCES.cells).setData(outlines(all, "cell", "special"));
      this.#source(SOURCES.inside).setData(outlines(all, "compound", "building", "stairwell"));
      this.#source(SOURCES.labels).setData(labels(all));
      for (const name of basemap) void this.#readBasemap(name);
    });
  }

  setCameras(cameras: MapCameras, states: ReadonlyMap<string, CameraState>): void {
    const fresh = cameras !== this.#cameras;
    this.#cameras = cameras;
    this.#states = states;
    if (fresh) {
      clearTimeout(this.#camerasTimer);
      this.#camerasTimer = undefined;
      this.#drawCameras();
    } else {
      this.#camerasTimer ??= setTimeout(() => this.#drawCameras(), STATES_EVERY_MS);
    }
  }

  setPlaying(ids: readonly string[]): void {
    this.#playing = ids;
    void this.#whenLoaded(() => this.#source(SOURCES.playing).setData(playingPoints(this.#cameras, ids)));
  }

  setView(view: View | undefined): void {
    void this.#whenLoaded(() => this.#source(SOURCES.view).setData(view ?? emptyCollection()));
  }

  setAsked(place: Position | undefined): void {
    void this.#whenLoaded(() => this.#source(SOURCES.asked).setData(place ? pointAt(place) : emptyCollection()));
  }

  show(place: Place | undefined): void {
    const key = place ? `${place.kind} ${place.code}` : "";
    if (key === (this.#shown ?? "")) return;
    this.#shown = key;
    this.#setChosen(place && isCell(place) ? place.code : undefined);
    const bounds = place?.geometry ? boundsOf(place.geometry) : this.#places?.bounds;
    if (!bounds) return;
    const closest = !place || !isCell(place) || isGrid(place) ? CELL_MAX_ZOOM : INSIDE_MAX_ZOOM;
    const view = { ...this.#cameraFor(bounds, closest), pitch: PITCH };
    if (this.#ready && !this.#cost.slow) this.#map.flyTo({ ...view, duration: FLIGHT_MS });
    else this.#map.jumpTo(view);
  }

  remove(): void {
    this.#removed = true;
    clearTimeout(this.#camerasTimer);
    this.#map.remove();
  }

  #cameraFor([west, south, east, north]: readonly [number, number, number, number], closest = CELL_MAX_ZOOM) {
    const bounds: LngLatBoundsLike = [west, south, east, north];
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const side = Math.min(48, clientWidth / 12);
    // Leaning back makes what is near larger: the middle of the box comes to lie low.
    const padding = { left: side, right: side, top: side / 2, bottom: side / 2 + clientHeight * LEAN_DOWN };
    const camera = this.#map.cameraForBounds(bounds, { padding, bearing: BEARING });
    if (!camera) return { center: [(west + east) / 2, (south + north) / 2] as [number, number] };
    // The box is fitted as if seen from above; leaning back makes it lower.
    return { ...camera, zoom: Math.min(closest, (camera.zoom ?? 0) + LEAN_ZOOM) };
  }

  async #whenLoaded(act: () => void): Promise<void> {
    await this.#loaded;
    if (!this.#removed) act();
  }

  /** The browser calls back when it is done with what was drawn. */
  #onRender(): void {
    if (document.hidden) return;
    const atMs = performance.now();
    requestAnimationFrame(() => this.#cost.note(performance.now() - atMs));
  }

  #source(name: string): GeoJSONSource {
    const source = this.#map.getSource<GeoJSONSource>(name);
    if (!source) throw new Error(`the style has no source ${name}`);
    return source;
  }

  #drawCameras(): void {
    this.#camerasTimer = undefined;
    const merged = withStates(this.#cameras, this.#states);
    if (merged === this.#drawnCameras) return;
    this.#drawnCameras = merged;
    void this.#whenLoaded(() => {
      this.#source(SOURCES.cameras).setData(merged);
      this.#source(SOURCES.playing).setData(playingPoints(merged, this.#playing));
    });
  }

  /** Each file once; a registry without a base map shows the ground alone. */
  async #readBasemap(name: string): Promise<void> {
    const layer = BASEMAP.find((known) => known === name);
    if (!layer || this.#basemapRead.has(layer)) return;
    this.#basemapRead.add(layer);
    while (!this.#removed) {
      try {
        const data = await api.basemap(layer);
        if (!this.#removed) this.#source(layer).setData(data);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, BASEMAP_RETRY_MS));
      }
    }
  }

  #setHover(code: string | undefined): void {
    if (code === this.#hover) return;
    this.#light(this.#hover, { hover: false });
    this.#light(code, { hover: true });
    this.#hover = code;
  }

  #setChosen(code: string | undefined): void {
    this.#light(this.#chosen, { chosen: false });
    this.#light(code, { chosen: true });
    this.#chosen = code;
  }

  #light(code: string | undefined, state: Record<string, boolean>): void {
    if (code === undefined) return;
    void this.#whenLoaded(() => {
      this.#map.setFeatureState({ source: SOURCES.cells, id: code }, state);
      this.#map.setFeatureState({ source: SOURCES.inside, id: cellKey(code) }, state);
    });
  }

  #hit(event: MapMouseEvent, layers: readonly string[]) {
    const known = layers.filter((layer) => this.#map.getLayer(layer));
    return this.#map.queryRenderedFeatures(event.point, { layers: known })[0];
  }

  #onMove(event: MapMouseEvent): void {
    const point = this.#hit(event, [...CAMERA_HITS, CLUSTER_HIT]);
    const cell = this.#hit(event, [CELL_HIT]);
    this.#setHover(cell ? String(cell.properties["code"]) : undefined);
    this.#map.getCanvas().style.cursor = point || cell ? "pointer" : "";
  }

  async #onClick(event: MapMouseEvent): Promise<void> {
    const camera = this.#hit(event, CAMERA_HITS);
    if (camera) return this.#events.onCamera(String(camera.properties["id"]));
    const cluster = this.#hit(event, [CLUSTER_HIT]);
    const cell = this.#hit(event, [CELL_HIT]);
    const code = cell && String(cell.properties["code"]);
    // A cluster covers several cells while one sees the district: the cell below
    // the pointer is what was meant. In the chosen cell it is opened.
    if (code !== undefined && (!cluster || code !== this.#chosen)) return this.#events.onCell(code);
    if (cluster?.geometry.type === "Point") await this.#openCluster(cluster.properties["cluster_id"], cluster.geometry.coordinates);
  }

  async #openCluster(id: unknown, at: GeoJSON.Position): Promise<void> {
    const zoom = await this.#source(SOURCES.cameras).getClusterExpansionZoom(Number(id));
    const [lng = 0, lat = 0] = at;
    if (!this.#removed) this.#map.easeTo({ center: [lng, lat], zoom: zoom + 0.3 });
  }
}
