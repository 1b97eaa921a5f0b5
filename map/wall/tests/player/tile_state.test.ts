import { describe, expect, test } from "vitest";
import { stateWords } from "../../src/player/state_words";
import { isCurrent, STILL_MS, tileState } from "../../src/player/tile_state";
import type { TileFacts, TileState } from "../../src/player/tile_state";
import { en } from "../../src/text/en";
import { zh } from "../../src/text/zh";

const NOW = 100_000;

const BASE: TileFacts = {
  askedMs: NOW - 5_000,
  link: { up: true, sinceMs: NOW - 60_000, attempt: 0 },
  refusal: undefined,
  source: { state: { name: "live", age_ms: 0 }, heardMs: NOW - 4_000 },
  unshowable: undefined,
  movedMs: NOW - 40,
  ageMs: 180,
  fedMs: NOW - 30,
};

function state(change: Partial<TileFacts>): TileState {
  return tileState({ ...BASE, ...change }, NOW);
}

function retrying(attempt: number, heardMs = NOW): TileFacts["source"] {
  return {
    state: { name: "retrying", age_ms: 9_000, cause: "refused", attempt, retry_ms: 4_000, en: "refuses", zh: "拒绝" },
    heardMs,
  };
}

test("without a camera a tile is empty", () => {
  expect(tileState(undefined, NOW)).toEqual({ kind: "empty" });
});

test("a moving picture is live, with its age", () => {
  expect(state({})).toEqual({ kind: "live", ageMs: 180 });
});

test("from one second of age on it is behind", () => {
  expect(state({ ageMs: 999 }).kind).toBe("live");
  expect(state({ ageMs: 1_000 })).toEqual({ kind: "behind", ageMs: 1_000 });
});

describe("a picture that has not moved for two seconds is never live, whatever else is true", () => {
  const others: Partial<TileFacts>[] = [
    {},
    { ageMs: undefined },
    { link: { up: false, sinceMs: NOW - 9_000, attempt: 3 } },
    { source: undefined },
    { source: { state: { name: "waiting", age_ms: 10 }, heardMs: NOW } },
    { source: retrying(1) },
    { source: retrying(9) },
    { refusal: { code: "busy", en: "busy", zh: "忙" } },
    { unshowable: "hvc1" },
    { fedMs: NOW },
  ];
  test.each(others)("%o", (facts) => {
    expect(isCurrent(state({ ...facts, movedMs: NOW - STILL_MS }))).toBe(false);
    expect(isCurrent(state({ ...facts, movedMs: undefined }))).toBe(false);
  });
});

test("a picture that still moves is live although the source has just been lost", () => {
  expect(state({ source: retrying(1), movedMs: NOW - 500 }).kind).toBe("live");
});

test("what it waits for is said, with the seconds", () => {
  const first = { movedMs: undefined, fedMs: undefined };
  const source = (name: "idle" | "connecting" | "waiting" | "live") => ({ state: { name, age_ms: 0 }, heardMs: NOW });
  expect(state({ ...first, source: undefined })).toEqual({ kind: "waiting", on: "engine", forMs: 5_000 });
  expect(state({ ...first, source: source("connecting") })).toMatchObject({ on: "camera" });
  expect(state({ ...first, source: source("waiting") })).toMatchObject({ on: "key_frame" });
  expect(state({ ...first, source: source("live"), fedMs: NOW })).toMatchObject({ on: "decoder" });
});

test("who waits for the key frame of a long-GOP camera is told so in the engine's words", () => {
  const said = { en: "a key frame every 40 s", zh: "每 40 秒一个关键帧" };
  const source = { state: { name: "live" as const, age_ms: 0, ...said }, heardMs: NOW };
  const waits = state({ movedMs: undefined, fedMs: undefined, source });
  expect(waits).toEqual({ kind: "waiting", on: "key_frame", forMs: 5_000, why: said });
  expect(stateWords(waits, "en", en).long.split("\n")[1]).toBe(said.en);
  expect(stateWords(waits, "zh", zh).long.split("\n")[1]).toBe(said.zh);
  expect(state({ movedMs: undefined, fedMs: NOW, source })).toEqual({ kind: "waiting", on: "decoder", forMs: 5_000 });
});

test("a lost engine is told with attempt and duration", () => {
  const link = { up: false, sinceMs: NOW - 7_000, attempt: 4 };
  expect(state({ movedMs: NOW - 7_000, link })).toEqual({ kind: "reconnecting", to: "engine", attempt: 4, forMs: 7_000 });
});

test("a camera that was shown reconnects first and is offline after some attempts", () => {
  expect(state({ movedMs: NOW - 6_000, source: retrying(2) })).toEqual({
    kind: "reconnecting", to: "camera", attempt: 2, forMs: 6_000,
  });
  expect(state({ movedMs: NOW - 60_000, source: retrying(3) }).kind).toBe("offline");
});

test("offline says why in the engine's words, and counts down to the next attempt", () => {
  expect(state({ movedMs: undefined, source: retrying(1, NOW - 1_500) })).toEqual({
    kind: "offline", why: { en: "refuses", zh: "拒绝" }, forMs: 10_500, retryMs: 2_500,
  });
});

test("each state has words in both languages, and no state but live is without", () => {
  const states: TileState[] = [
    { kind: "empty" },
    { kind: "waiting", on: "key_frame", forMs: 3_000 },
    { kind: "behind", ageMs: 1_500 },
    { kind: "still", forMs: 4_000 },
    { kind: "reconnecting", to: "camera", attempt: 2, forMs: 1_000 },
    { kind: "offline", why: undefined, forMs: 1_000, retryMs: 900 },
    { kind: "refused", why: { en: "no", zh: "无" } },
    { kind: "unshowable", codec: "hvc1" },
  ];
  for (const s of states) {
    for (const words of [stateWords(s, "en", en), stateWords(s, "zh", zh)]) {
      expect(words.short + words.long + words.age, s.kind).not.toBe("");
    }
  }
  expect(stateWords({ kind: "live", ageMs: 212 }, "zh", zh)).toMatchObject({ tone: "ok", age: "0.2 秒", long: "" });
});
