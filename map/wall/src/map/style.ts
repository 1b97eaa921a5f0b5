/**
 * How the district is drawn: sources and layers, from the ground up. Pure data.
 */
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { emptyCollection } from "./features";
import { palette } from "./palette";

/** Registry sources; base map files have sources of their own names. */
export const SOURCES = {
  towns: "towns",
  villages: "villages",
  cells: "cells",
  /** What lies in opened cells: compounds, buildings, stairwells. */
  inside: "inside",
  labels: "labels",
  cameras: "cameras",
  playing: "playing",
  /** What a camera sees, and the place that was asked about. */
  view: "view",
  asked: "asked",
} as const;

export const BASEMAP = ["water", "green", "roads", "buildings", "places"] as const;

/** Layers that the pointer means. */
export const CELL_HIT = "cell-fill";
export const CLUSTER_HIT = "cluster";
export const CAMERA_HITS: readonly string[] = ["playing", "camera"];

/** From here on every camera stands alone. */
const CLUSTER_MAX_ZOOM = 14;
const FONT = ["sans-serif"];

export function districtStyle(): StyleSpecification {
  return {
    version: 8,
    light: { anchor: "viewport", color: "#cfe4ff", intensity: 0.28, position: [1.4, 205, 32] },
    sources: sources(),
    layers: [...ground(), ...borders(), ...view(), ...buildings(), ...labels(), ...cameras(), asked(), townLabels()],
  };
}

function sources(): Record<string, SourceSpecification> {
  const plain = [...BASEMAP, SOURCES.towns, SOURCES.villages, SOURCES.labels, SOURCES.playing, SOURCES.view, SOURCES.asked];
  return {
    ...Object.fromEntries(plain.map((name) => [name, { type: "geojson", data: emptyCollection() } as const])),
    [SOURCES.cells]: { type: "geojson", data: emptyCollection(), promoteId: "code" },
    // Not by code: MapLibre writes an id of digits as an integer, and these have up to 24.
    [SOURCES.inside]: { type: "geojson", data: emptyCollection(), promoteId: "key" },
    [SOURCES.cameras]: {
      type: "geojson",
      data: emptyCollection(),
      cluster: true,
      clusterMaxZoom: CLUSTER_MAX_ZOOM,
      clusterRadius: 62,
      clusterProperties: {
        live: ["+", countOf("live")],
        online: ["+", countOf("online")],
        connecting: ["+", countOf("connecting")],
        offline: ["+", countOf("offline")],
      },
    },
  };
}

function countOf(state: string): ExpressionSpecification {
  return ["case", ["==", ["get", "state"], state], 1, 0];
}

/** A value that grows with the zoom. */
function byZoom(...stops: (number | ExpressionSpecification)[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as ExpressionSpecification;
}

/** Line widths double with each zoom level, as the ground does. */
function byScale(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.6], ["zoom"], ...stops] as ExpressionSpecification;
}

const MAJOR: ExpressionSpecification = [
  "in",
  ["get", "class"],
  ["literal", ["motorway", "trunk", "primary", "secondary", "major", "main"]],
];

function ground(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": palette.void } },
    { id: "land", type: "fill", source: SOURCES.towns, paint: { "fill-color": palette.ground, "fill-antialias": false } },
    { id: "green", type: "fill", source: "green", paint: { "fill-color": palette.green } },
    {
      id: "water",
      type: "fill",
      source: "water",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": palette.water, "fill-outline-color": palette.waterEdge },
    },
    {
      id: "river",
      type: "line",
      source: "water",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": palette.water, "line-width": byScale(9, 2, 16, 40) },
    },
    {
      id: "road",
      type: "line",
      source: "roads",
      filter: ["!", MAJOR],
      minzoom: 12,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": palette.road,
        "line-width": byScale(12, 0.5, 15, 2.2, 18, 12),
        "line-opacity": byZoom(12, 0, 13, 1),
      },
    },
    {
      id: "road-major",
      type: "line",
      source: "roads",
      filter: MAJOR,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": palette.roadMajor, "line-width": byScale(9, 0.6, 12, 1.4, 15, 4, 18, 20) },
    },
  ];
}

/** On the ground, below the buildings that cut it. */
function view(): LayerSpecification[] {
  return [
    { id: "view", type: "fill", source: SOURCES.view, paint: { "fill-color": palette.accent, "fill-opacity": 0.22, "fill-antialias": false } },
  ];
}

function asked(): LayerSpecification {
  return {
    id: "asked",
    type: "circle",
    source: SOURCES.asked,
    paint: { "circle-radius": 6, "circle-color": palette.ground, "circle-stroke-color": palette.text, "circle-stroke-width": 2 },
  };
}

/** 1 while the state is set on a cell, else 0. */
function lit(state: string): ExpressionSpecification {
  return ["boolean", ["feature-state", state], false];
}

function borders(): LayerSpecification[] {
  return [
    {
      id: CELL_HIT,
      type: "fill",
      source: SOURCES.cells,
      paint: {
        "fill-color": palette.accent,
        "fill-opacity": ["case", lit("chosen"), 0.11, lit("hover"), 0.08, 0],
      },
    },
    {
      id: "village-line",
      type: "line",
      source: SOURCES.villages,
      minzoom: 11.2,
      paint: { "line-color": palette.village, "line-width": 1, "line-opacity": byZoom(11.2, 0, 12, 1), "line-dasharray": [3, 3] },
    },
    {
      id: "cell-line",
      type: "line",
      source: SOURCES.cells,
      paint: { "line-color": palette.cell, "line-width": byZoom(9, 0.4, 12, 0.9, 15, 1.4), "line-opacity": byZoom(9, 0.45, 12, 1) },
    },
    {
      id: "inside-line",
      type: "line",
      source: SOURCES.inside,
      minzoom: 13,
      paint: {
        "line-color": ["case", lit("chosen"), palette.accent, palette.cell],
        "line-width": ["case", lit("chosen"), 2, 1],
      },
    },
    {
      id: "town-line",
      type: "line",
      source: SOURCES.towns,
      layout: { "line-join": "round" },
      paint: { "line-color": palette.town, "line-width": byZoom(9, 1.1, 13, 2) },
    },
    {
      id: "cell-lit",
      type: "line",
      source: SOURCES.cells,
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.accent,
        "line-width": ["case", lit("chosen"), 2, 1.2],
        "line-opacity": ["case", lit("chosen"), 1, lit("hover"), 0.7, 0],
      },
    },
  ];
}

function buildings(): LayerSpecification[] {
  const height: ExpressionSpecification = ["coalesce", ["to-number", ["get", "height"]], 6];
  return [
    {
      id: "building",
      type: "fill-extrusion",
      source: "buildings",
      minzoom: 11,
      paint: {
        "fill-extrusion-color": ["interpolate", ["linear"], height, 3, palette.buildingLow, 60, palette.buildingHigh],
        "fill-extrusion-height": byZoom(11, 0, 12.5, height),
        "fill-extrusion-vertical-gradient": true,
      },
    },
  ];
}

function labelLayer(id: string, kind: string, minzoom: number, size: ExpressionSpecification, color: string): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: SOURCES.labels,
    filter: ["==", ["get", "kind"], kind],
    minzoom,
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": size,
      "text-max-width": 9,
      "text-padding": 4,
      // Beside a cluster rather than not at all.
      "text-variable-anchor": ["center", "bottom", "top", "left", "right"],
      "text-radial-offset": 1.6,
      "symbol-sort-key": ["-", 0, ["get", "cameras"]],
    },
    paint: { "text-color": color, "text-halo-color": palette.labelHalo, "text-halo-width": 1.6 },
  };
}

/** Above everything: from the whole district one goes by the towns' names. */
function townLabels(): LayerSpecification {
  return {
    id: "town-label",
    type: "symbol",
    source: SOURCES.labels,
    filter: ["==", ["get", "kind"], "town"],
    maxzoom: 14.5,
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": byZoom(9, 13, 13, 19),
      "text-letter-spacing": 0.06,
      "text-allow-overlap": true,
    },
    paint: { "text-color": palette.text, "text-halo-color": palette.labelHalo, "text-halo-width": 2.2, "text-halo-blur": 0.6 },
  };
}

/** Below the cameras: a camera is never hidden by a name. */
function labels(): LayerSpecification[] {
  return [
    {
      id: "place-label",
      type: "symbol",
      source: "places",
      minzoom: 13.2,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-max-width": 8, "text-padding": 8 },
      paint: { "text-color": palette.dim, "text-halo-color": palette.labelHalo, "text-halo-width": 1.4 },
    },
    labelLayer("cell-label", "cell", 13.4, byZoom(13, 11, 16, 14), palette.quiet),
    labelLayer("village-label", "village", 12.4, byZoom(12, 10.5, 15, 13), palette.dim),
  ];
}

const ASKED: ExpressionSpecification = ["+", ["get", "live"], ["get", "online"], ["get", "offline"]];

/**
 * Coloured by what is worth a look among the cameras that were ever asked: half of
 * them away, more than a tenth away, or well.
 */
const CLUSTER_COLOR: ExpressionSpecification = [
  "case",
  ["==", ASKED, 0],
  palette.unknown,
  [">=", ["*", 2, ["get", "offline"]], ASKED],
  palette.offline,
  [">", ["*", 10, ["get", "offline"]], ASKED],
  palette.watch,
  palette.ok,
];

function cameras(): LayerSpecification[] {
  const single: ExpressionSpecification = ["!", ["has", "point_count"]];
  return [
    {
      id: CLUSTER_HIT,
      type: "circle",
      source: SOURCES.cameras,
      filter: ["has", "point_count"],
      paint: {
        "circle-color": palette.raised,
        "circle-opacity": 0.94,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0.3, 9.5, 1, 12, 2, 16, 3, 21],
        "circle-stroke-color": CLUSTER_COLOR,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cluster-count",
      type: "symbol",
      source: SOURCES.cameras,
      filter: ["has", "point_count"],
      layout: {
        "text-field": ["to-string", ["get", "point_count"]],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0.3, 10.5, 3, 13],
        "text-allow-overlap": true,
        "text-padding": 9, // as large as the circle: smaller names keep out of it
      },
      paint: { "text-color": palette.text },
    },
    {
      id: "playing-halo",
      type: "circle",
      source: SOURCES.playing,
      paint: {
        "circle-color": palette.accent,
        "circle-opacity": 0.18,
        "circle-radius": 11,
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "camera",
      type: "symbol",
      source: SOURCES.cameras,
      filter: single,
      layout: {
        "icon-image": ["concat", "camera-", ["get", "state"]],
        "icon-size": byZoom(11, 0.75, 15, 1.1),
        "icon-allow-overlap": true,
        "icon-padding": 0,
        "text-field": ["step", ["zoom"], "", 16, ["get", "name"]],
        "text-font": FONT,
        "text-size": 11,
        "text-offset": [0, 1],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": palette.quiet, "text-halo-color": palette.labelHalo, "text-halo-width": 1.4 },
    },
    {
      id: "playing",
      type: "symbol",
      source: SOURCES.playing,
      layout: {
        "text-field": ["get", "number"],
        "text-font": FONT,
        "text-size": 12,
        // Cameras of a crossing stand almost in one point: each number finds a side.
        "text-variable-anchor": ["bottom-left", "bottom-right", "top-left", "top-right", "left", "right", "bottom", "top"],
        "text-radial-offset": 0.95,
        "text-padding": 0,
      },
      paint: { "text-color": palette.accent, "text-halo-color": palette.labelHalo, "text-halo-width": 2 },
    },
  ];
}
