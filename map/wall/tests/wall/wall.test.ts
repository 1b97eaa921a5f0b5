import { describe, expect, test } from "vitest";
import { routeOf } from "../../src/app/route";
import { DIGITS_MAX, NOTHING_TYPED, press } from "../../src/wall/keys";
import type { Command } from "../../src/wall/keys";
import { LAYOUTS, layoutFor, stepLayout } from "../../src/wall/layouts";
import { carryOut, freshScreen, parseScreen, storedScreen } from "../../src/wall/screen_state";
import type { ScreenState } from "../../src/wall/screen_state";

function typed(...keys: string[]): { digits: string; commands: Command[] } {
  let typing = NOTHING_TYPED;
  const commands: Command[] = [];
  for (const key of keys) {
    const pressed = press(typing, key);
    if (!pressed) continue;
    typing = pressed.typing;
    if (pressed.command) commands.push(pressed.command);
  }
  return { digits: typing.digits, commands };
}

describe("keys", () => {
  test("digits and Enter show a camera", () => {
    expect(typed("1", "0", "2", "Enter")).toEqual({ digits: "", commands: [{ do: "show", camera: 102 }] });
  });
  test("digits and a point choose a tile", () => {
    expect(typed("1", "6", ".").commands).toEqual([{ do: "choose", tile: 16 }]);
  });
  test("0 alone clears, 0 within a number is a digit", () => {
    expect(typed("0").commands).toEqual([{ do: "clear" }]);
    expect(typed("1", "0")).toEqual({ digits: "10", commands: [] });
  });
  test("a mistake is taken back", () => {
    expect(typed("1", "2", "Backspace", "3").digits).toBe("13");
    expect(typed("1", "2", "Escape").digits).toBe("");
  });
  test("a hand on the pad does not type for ever", () => {
    expect(typed(..."1".repeat(40)).digits).toHaveLength(DIGITS_MAX);
  });
  test("keys that mean nothing here are left to the browser", () => {
    for (const key of ["Enter", ".", "a", "F5", "Tab"]) expect(press(NOTHING_TYPED, key)).toBeUndefined();
  });
});

describe("layouts", () => {
  test("the smallest that holds all cameras", () => {
    expect([0, 1, 2, 5, 9, 10, 400].map(layoutFor)).toEqual([1, 1, 4, 9, 9, 16, 16]);
  });
  test("steps stop at either end", () => {
    expect(stepLayout(1, -1)).toBe(1);
    expect(stepLayout(16, 1)).toBe(16);
    expect(LAYOUTS.map((layout) => stepLayout(layout, 1))).toEqual([4, 9, 16, 16]);
  });
});

describe("a screen", () => {
  const cameras = ["a", "b", "c"];
  const start = freshScreen(cameras);
  const after = (...commands: Command[]) =>
    commands.reduce((state, command) => {
      const next = carryOut(state, command, cameras);
      if ("no" in next) throw new Error("refused");
      return next;
    }, start);

  test("fits its cameras", () => {
    expect(start.layout).toBe(4);
    expect(start.tiles.slice(0, 5)).toEqual(["a", "b", "c", null, null]);
  });
  test("shows a camera in the chosen tile and leaves the others", () => {
    const state = after({ do: "choose", tile: 2 }, { do: "show", camera: 3 });
    expect(state.tiles.slice(0, 4)).toEqual(["a", "c", "c", null]);
  });
  test("clears the chosen tile only", () => {
    expect(after({ do: "clear" }).tiles.slice(0, 3)).toEqual([null, "b", "c"]);
  });
  test("a smaller layout keeps the choice on a tile that exists", () => {
    expect(after({ do: "choose", tile: 4 }, { do: "layout", step: -1 })).toMatchObject({ layout: 1, chosen: 0 });
  });
  test("says which number does not exist and how many do", () => {
    expect(carryOut(start, { do: "show", camera: 4 }, cameras)).toEqual({ no: "camera", asked: 4, of: 3 });
    expect(carryOut(start, { do: "choose", tile: 5 }, cameras)).toEqual({ no: "tile", asked: 5, of: 4 });
    expect(carryOut(start, { do: "show", camera: 0 }, cameras)).toMatchObject({ no: "camera" });
  });
  test("comes back after the power was cut", () => {
    const state = after({ do: "layout", step: 1 }, { do: "clear" });
    expect(parseScreen(storedScreen(state))).toEqual({ ...state, chosen: 0, enlarged: false } satisfies ScreenState);
  });
  test.each([null, "", "{", "{}", '{"layout":5,"tiles":[]}', '{"layout":4,"tiles":[1]}'])("%j in the store is passed over", (text) => {
    expect(parseScreen(text)).toBeUndefined();
  });
});

test("paths mean pages", () => {
  expect(routeOf("/")).toEqual({ page: "home" });
  expect(routeOf("/desk")).toEqual({ page: "desk" });
  expect(routeOf("/wall/7")).toEqual({ page: "wall", screen: "7" });
  expect(routeOf("/wall")).toEqual({ page: "wall", screen: "1" });
});
