/**
 * What `/api/v1` answers (docs/api.md), as far as the pages use it.
 */
import type { Feature, FeatureCollection, Geometry, MultiPolygon, Point } from "geojson";
import type { CameraState } from "../wire/control";

export type Counts = { readonly total: number } & Readonly<Record<CameraState, number>>;

export type Bounds = readonly [west: number, south: number, east: number, north: number];

export interface Session {
  /** "user: NAME", "token: NAME", or "no-auth" where nobody signs in. */
  readonly name: string;
  readonly role: string;
  /** "see", "watch", "edit", ... */
  readonly may: readonly string[];
}

export interface District {
  readonly code: string;
  readonly name: string;
  readonly bounds: Bounds;
  readonly cameras: Counts;
  /** Each is served at `/basemap/NAME.geojson`. */
  readonly basemap: readonly string[];
}

export interface Division {
  readonly code: string;
  readonly name: string;
  /** 1 district, 2 town or street, 3 village or community. */
  readonly level: number;
  readonly parent: string;
  readonly cameras: Counts;
  readonly geometry?: Geometry | null;
}

export type CellKind = "street" | "community" | "grid" | "special" | "compound" | "building" | "stairwell";

export interface Cell {
  readonly code: string;
  readonly name: string;
  /** 1 street ... 6 stairwell. */
  readonly level: number;
  readonly kind: CellKind;
  readonly division: string;
  /** The cell that it lies in; empty at the top. */
  readonly parent: string;
  readonly cameras: Counts;
  readonly geometry?: Geometry | null;
}

/** A row of a list. */
export interface Camera {
  readonly id: string;
  readonly name: string;
  readonly cell: string;
  readonly state: CameraState;
  readonly lon?: number | null;
  readonly lat?: number | null;
}

export interface MapCameraProperties {
  readonly id: string;
  readonly name: string;
  readonly cell: string;
  readonly state: CameraState;
}

export type MapCameras = FeatureCollection<Point, MapCameraProperties>;

/** Longitude and latitude, in degrees. */
export type Position = readonly [lon: number, lat: number];

/** A camera and a place: whether it sees it, or why not. */
export interface Sighting {
  readonly id: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly state: CameraState;
  readonly sight: {
    readonly kind: "sees" | "could_turn" | "may_see" | "sees_not";
    readonly en: string;
    readonly zh: string;
    /** Buildings were looked at, not range and wedge alone. */
    readonly judged: boolean;
    readonly distance_m: number;
    readonly pan_deg: number;
    readonly tilt_deg: number;
    readonly obstacle_m?: number | null;
  };
}

/** What a camera sees of the ground. */
export type View = Feature<MultiPolygon, { readonly id: string; readonly judged: boolean }>;

export interface List<T> {
  readonly items: readonly T[];
  readonly cursor?: string | null;
}
