import { beforeEach, expect, test, vi } from "vitest";
import { makeBox } from "../../src/player/boxes";
import { Feed } from "../../src/player/feed";
import { PICTURE_TRACK, SOUND_TRACK } from "../../src/player/mp4_tracks";
import type { Sound } from "../../src/player/sound";
import { tileState } from "../../src/player/tile_state";
import type { Connection, StreamListener } from "../../src/wire/connection";
import type { Form, Frame } from "../../src/wire/frame";

/** Decoders are the browser's: here a picture shows nothing. */
vi.mock("../../src/player/webcodecs_picture", () => ({
  WebCodecsPicture: class {
    config(): void {}
    media(): void {}
    interrupted(): void {}
    close(): void {}
  },
}));
vi.mock("../../src/player/mse_picture", async () => {
  const { WebCodecsPicture } = await import("../../src/player/webcodecs_picture");
  return { MsePicture: WebCodecsPicture };
});

const HEVC = "hvc1.1.6.L93.90";
const CONFIG = { kind: "config", codec: "h264", form: "avcc" } as Frame;

let asked: string[];
let closed: number;
let heard: boolean[];

beforeEach(() => {
  asked = [];
  closed = 0;
  heard = [];
});

function feed(profile: "main" | "sub", form: Form = "avcc"): Feed {
  const connection = {
    link: { up: true, sinceMs: 0, attempt: 0 },
    clock: { engineMs: () => undefined },
    open(_camera: string, wanted: string, _form: string, _listener: StreamListener) {
      asked.push(wanted);
      return { close: () => void (closed += 1), hear: (on: boolean) => void heard.push(on) };
    },
  } as unknown as Connection;
  return new Feed({ connection, camera: "a", profile, form, wantProof: false, onFirst: () => undefined });
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

/** A config in form `mp4` with those tracks. */
function tracks(...numbers: number[]): Frame {
  const traks = numbers.map((n) => makeBox("trak", [makeBox("tkhd", [Uint8Array.of(...Array<number>(15).fill(0), n)])]));
  return { kind: "config", codec: "h264", form: "mp4", payload: makeBox("moov", traks) } as unknown as Frame;
}

function sound() {
  return { onFrame: vi.fn(), onShown: vi.fn(), onRefused: vi.fn() };
}

test("a sound learns from an MP4's tracks what it is, when they come and when it joins", () => {
  const f = feed("sub", "mp4");
  const [first, second] = [sound(), sound()];
  f.onFrame(tracks(PICTURE_TRACK));
  f.hear(first as unknown as Sound);
  expect(first.onFrame).not.toHaveBeenCalled(); // there is none yet
  const both = tracks(PICTURE_TRACK, SOUND_TRACK);
  f.onFrame(both);
  expect(first.onFrame.mock.calls).toEqual([[both]]);
  f.hear(second as unknown as Sound);
  expect(second.onFrame.mock.calls).toEqual([[both]]);
});

test("a sound that the form cannot carry is said by the sound, never by the picture", () => {
  const f = feed("sub", "mp4");
  const one = sound();
  f.hear(one as unknown as Sound);
  f.onSoundRefused("alaw");
  expect(one.onRefused).toHaveBeenCalledWith("alaw");
  expect(stateOf(f)).toBe("waiting");
});

test("the sound goes along to the stream that is shown instead", () => {
  const f = feed("main");
  f.hear(sound() as unknown as Sound);
  f.onUnshowable(HEVC);
  expect(asked).toEqual(["main", "sub"]);
  expect(heard).toEqual([true, true]);
});
