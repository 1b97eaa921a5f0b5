import { beforeEach, expect, test, vi } from "vitest";
import { Feed } from "../../src/player/feed";
import { tileState } from "../../src/player/tile_state";
import type { Connection, StreamListener } from "../../src/wire/connection";
import type { Frame } from "../../src/wire/frame";

/** Decoders are the browser's: here a picture shows nothing. */
vi.mock("../../src/player/webcodecs_picture", () => ({
  WebCodecsPicture: class {
    config(): void {}
    media(): void {}
    interrupted(): void {}
    close(): void {}
  },
}));
vi.mock("../../src/player/mse_picture", () => ({ MsePicture: class {} }));

const HEVC = "hvc1.1.6.L93.90";
const CONFIG = { kind: "config", codec: "h264", form: "avcc" } as Frame;

let asked: string[];
let closed: number;

beforeEach(() => {
  asked = [];
  closed = 0;
});

function feed(profile: "main" | "sub"): Feed {
  const connection = {
    link: { up: true, sinceMs: 0, attempt: 0 },
    clock: { engineMs: () => undefined },
    open(_camera: string, wanted: string, _form: string, _listener: StreamListener) {
      asked.push(wanted);
      return { close: () => void (closed += 1) };
    },
  } as unknown as Connection;
  return new Feed({ connection, camera: "a", profile, form: "avcc", wantProof: false, onFirst: () => undefined });
}

function stateOf(f: Feed): string {
  return tileState(f.facts(0), 0).kind;
}

const NO_STREAM = { code: "no_such_stream", en: "", zh: "" };

test("a main stream in H.265 that cannot be shown gives way to the sub stream", () => {
  const f = feed("main");
  f.onUnshowable(HEVC);
  expect(asked).toEqual(["main", "sub"]);
  expect(closed).toBe(1);
  f.onFrame(CONFIG); // H.264
  expect(stateOf(f)).toBe("waiting");
});

test("where the sub stream cannot be shown either, the tile says so and asks no more", () => {
  const f = feed("main");
  f.onUnshowable(HEVC);
  f.onUnshowable(HEVC);
  expect(asked).toEqual(["main", "sub"]);
  expect(stateOf(f)).toBe("unshowable");
});

test("where there is no sub stream, the words about the main stream stand", () => {
  const f = feed("main");
  f.onUnshowable(HEVC);
  f.onRefused(NO_STREAM);
  expect(asked).toEqual(["main", "sub"]);
  expect(stateOf(f)).toBe("unshowable");
});

test("a camera without a sub stream whose main stream is H.265 ends in words, not in a circle", () => {
  const f = feed("sub");
  f.onRefused(NO_STREAM);
  f.onUnshowable(HEVC);
  f.onRefused(NO_STREAM);
  expect(asked).toEqual(["sub", "main", "sub"]);
  expect(stateOf(f)).toBe("unshowable");
});

test("what is damaged rather than H.265 has no other stream", () => {
  const f = feed("main");
  f.onUnshowable("avc1.640028");
  expect(asked).toEqual(["main"]);
});
