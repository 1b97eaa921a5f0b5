import { DrawCost } from "../../src/map/draw_cost";
import { describe, expect, test } from "vitest";
import type { MapCameras } from "../../src/api/types";
import { playingPoints, withStates } from "../../src/map/features";
import { boundsOf, labelPoint } from "../../src/map/geometry";
import { BASEMAP, CAMERA_HITS, CELL_HIT, CLUSTER_HIT, districtStyle, SOURCES } from "../../src/map/style";

const square = (x: number, y: number, size: number) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]];

describe("geometry", () => {
  test("a label stands in the middle of the largest part", () => {
    const multi = { type: "MultiPolygon" as const, coordinates: [[square(0, 0, 1)], [square(116, 35, 2)]] };
    const [x, y] = labelPoint(multi)!;
    expect(x).toBeCloseTo(117);
    expect(y).toBeCloseTo(36);
  });
  test("the way round does not matter", () => {
    const point = labelPoint({ type: "Polygon", coordinates: [square(10, 20, 2).reverse()] })!;
    expect(point[0]).toBeCloseTo(11);
  });
  test("bounds take in all parts; what has no area has no label", () => {
    expect(boundsOf({ type: "MultiPolygon", coordinates: [[square(0, 0, 1)], [square(5, 5, 1)]] })).toEqual([0, 0, 6, 6]);
    expect(labelPoint({ type: "Polygon", coordinates: [[[1, 1], [2, 2], [1, 1]]] })).toBeUndefined();
    expect(boundsOf({ type: "Point", coordinates: [1, 2] })).toBeUndefined();
  });
});

const cameras: MapCameras = {
  type: "FeatureCollection",
  features: ["a", "b"].map((id) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [116, 35] },
    properties: { id, name: id, cell: "", state: "unknown" },
  })),
};

test("states told since replace those that were read, and nothing else changes", () => {
  const merged = withStates(cameras, new Map([["b", "offline"]]));
  expect(merged.features.map((f) => f.properties.state)).toEqual(["unknown", "offline"]);
  expect(merged.features[0]).toBe(cameras.features[0]);
  expect(cameras.features[1]!.properties.state).toBe("unknown");
  expect(withStates(cameras, new Map())).toBe(cameras);
});

test("playing cameras carry the numbers of their tiles", () => {
  const points = playingPoints(cameras, ["b", "gone", "a"]);
  expect(points.features.map((f) => f.properties)).toEqual([{ id: "a", number: "3" }, { id: "b", number: "1" }]);
});

describe("style", () => {
  const style = districtStyle();
  const ids = style.layers.map((layer) => layer.id);

  test("each layer draws a source that exists, under a name of its own", () => {
    for (const layer of style.layers) if ("source" in layer) expect(style.sources).toHaveProperty([layer.source as string]);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test("what the pointer means and what is filled later is in it", () => {
    for (const id of [...CAMERA_HITS, CELL_HIT, CLUSTER_HIT]) expect(ids).toContain(id);
    for (const name of [...BASEMAP, ...Object.values(SOURCES)]) expect(style.sources).toHaveProperty([name]);
  });
  test("nothing is fetched from anywhere", () => {
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
    expect(style.glyphs).toBeUndefined();
  });
});

test("one slow frame is no slow map, several are, and it takes fast ones to forget them", () => {
  const cost = new DrawCost();
  cost.note(150);
  expect(cost.slow).toBe(false);
  for (let i = 0; i < 4; i++) cost.note(150);
  expect(cost.slow).toBe(true);
  cost.note(40);
  expect(cost.slow).toBe(true);
  for (let i = 0; i < 8; i++) cost.note(16);
  expect(cost.slow).toBe(false);
});
