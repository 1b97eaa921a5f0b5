/**
 * What a screen shows, and how commands change it. Pure.
 */
import type { Command } from "./keys";
import { isLayout, layoutFor, stepLayout } from "./layouts";
import type { Layout } from "./layouts";

export interface ScreenState {
  readonly layout: Layout;
  /** By tile, from 0; null is an empty tile. */
  readonly tiles: readonly (string | null)[];
  /** Tile that commands go to, from 0. */
  readonly chosen: number;
  readonly enlarged: boolean;
}

/** Why a command was not carried out. */
export type Refused = { readonly no: "camera" | "tile"; readonly asked: number; readonly of: number };

const TILES_MAX = 16;

/** Cameras in order into the tiles of a layout that fits them. */
export function freshScreen(cameras: readonly string[]): ScreenState {
  const tiles = Array.from({ length: TILES_MAX }, (_, i) => cameras[i] ?? null);
  return { layout: layoutFor(Math.max(1, cameras.length)), tiles, chosen: 0, enlarged: false };
}

/** What was stored, or undefined when it is not of this shape. */
export function parseScreen(text: string | null): ScreenState | undefined {
  if (text === null) return undefined;
  try {
    const { layout, tiles } = JSON.parse(text) as { layout?: unknown; tiles?: unknown };
    if (!isLayout(layout) || !Array.isArray(tiles) || tiles.length !== TILES_MAX) return undefined;
    if (!tiles.every((t) => t === null || typeof t === "string")) return undefined;
    return { layout, tiles: tiles as (string | null)[], chosen: 0, enlarged: false };
  } catch {
    return undefined;
  }
}

export function storedScreen({ layout, tiles }: ScreenState): string {
  return JSON.stringify({ layout, tiles });
}

/** `cameras`: those that the screen's numbers mean, number 1 first. */
export function carryOut(
  state: ScreenState,
  command: Command,
  cameras: readonly string[],
): ScreenState | Refused {
  switch (command.do) {
    case "show": {
      const camera = cameras[command.camera - 1];
      if (camera === undefined) return { no: "camera", asked: command.camera, of: cameras.length };
      return withTile(state, camera);
    }
    case "choose":
      if (command.tile < 1 || command.tile > state.layout) {
        return { no: "tile", asked: command.tile, of: state.layout };
      }
      return { ...state, chosen: command.tile - 1 };
    case "clear":
      return withTile(state, null);
    case "enlarge":
      return { ...state, enlarged: !state.enlarged };
    case "escape":
      return { ...state, enlarged: false };
    case "layout": {
      const layout = stepLayout(state.layout, command.step);
      return { ...state, layout, chosen: Math.min(state.chosen, layout - 1), enlarged: false };
    }
  }
}

function withTile(state: ScreenState, camera: string | null): ScreenState {
  return { ...state, tiles: state.tiles.map((old, i) => (i === state.chosen ? camera : old)) };
}
