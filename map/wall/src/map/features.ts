/**
 * The registry as GeoJSON for the map's sources. Pure.
 */
import type { Feature, FeatureCollection, Geometry, Point } from "geojson";
import type { MapCameras, Position } from "../api/types";
import { keyOf } from "../desk/places";
import type { Place, PlaceKind } from "../desk/places";
import type { CameraState } from "../wire/control";
import { labelPoint } from "./geometry";

export function emptyCollection(): FeatureCollection {
  return { type: "FeatureCollection", features: [] };
}

export function pointAt([lon, lat]: Position): Feature<Point> {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} };
}

export function outlines(places: Iterable<Place>, ...kinds: readonly PlaceKind[]): FeatureCollection<Geometry> {
  const features: Feature<Geometry>[] = [];
  for (const place of places) {
    if (!kinds.includes(place.kind) || !place.geometry) continue;
    features.push({ type: "Feature", geometry: place.geometry, properties: { code: place.code, key: keyOf(place), name: place.name } });
  }
  return { type: "FeatureCollection", features };
}

/** Points of their own: a polygon's label would stand once in each tile it touches. */
export function labels(places: Iterable<Place>): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const place of places) {
    const point = place.geometry && labelPoint(place.geometry);
    if (!point || place.name === "") continue;
    features.push({
      type: "Feature",
      geometry: { type: "Point", coordinates: point },
      properties: { kind: place.kind, name: place.name, cameras: place.counts.total },
    });
  }
  return { type: "FeatureCollection", features };
}

/** What was read, with what was told since. */
export function withStates(cameras: MapCameras, states: ReadonlyMap<string, CameraState>): MapCameras {
  if (states.size === 0) return cameras;
  return {
    type: "FeatureCollection",
    features: cameras.features.map((feature) => {
      const state = states.get(feature.properties.id);
      return state === undefined || state === feature.properties.state
        ? feature
        : { ...feature, properties: { ...feature.properties, state } };
    }),
  };
}

/** The cameras that play, with the numbers of their tiles. */
export function playingPoints(cameras: MapCameras, ids: readonly string[]): FeatureCollection<Point> {
  const numbers = new Map(ids.map((id, i) => [id, i + 1]));
  return {
    type: "FeatureCollection",
    features: cameras.features
      .filter((feature) => numbers.has(feature.properties.id))
      .map((feature) => ({
        type: "Feature",
        geometry: feature.geometry,
        properties: { id: feature.properties.id, number: String(numbers.get(feature.properties.id)) },
      })),
  };
}
