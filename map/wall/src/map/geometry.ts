/**
 * What the map needs to know of polygons. Pure; degrees, GeoJSON order.
 */
import type { Geometry, Position } from "geojson";
import type { Bounds } from "../api/types";

/** All outer rings of a polygon or multipolygon; of anything else none. */
function outerRings(geometry: Geometry): readonly (readonly Position[])[] {
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1);
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));
  return [];
}

export function boundsOf(geometry: Geometry): Bounds | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of outerRings(geometry).flat()) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return west <= east ? [west, south, east, north] : undefined;
}

/** Where a label stands: the centre of gravity of the largest part. */
export function labelPoint(geometry: Geometry): [number, number] | undefined {
  let best: { area: number; point: [number, number] } | undefined;
  for (const ring of outerRings(geometry)) {
    const candidate = centroid(ring);
    if (candidate && (!best || candidate.area > best.area)) best = candidate;
  }
  return best?.point;
}

function centroid(ring: readonly Position[]): { area: number; point: [number, number] } | undefined {
  const [originX = 0, originY = 0] = ring[0] ?? [];
  let [twice, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < ring.length; i++) {
    // Relative to the first corner: products of full degrees would lose digits.
    const [ax, ay] = relative(ring[i], originX, originY);
    const [bx, by] = relative(ring[(i + 1) % ring.length], originX, originY);
    const cross = ax * by - bx * ay;
    twice += cross;
    sumX += (ax + bx) * cross;
    sumY += (ay + by) * cross;
  }
  if (twice === 0) return undefined;
  return { area: Math.abs(twice / 2), point: [originX + sumX / (3 * twice), originY + sumY / (3 * twice)] };
}

function relative(position: Position | undefined, originX: number, originY: number): [number, number] {
  return [(position?.[0] ?? originX) - originX, (position?.[1] ?? originY) - originY];
}
