import { describe, expect, test } from "vitest";
import { decodeG711 } from "../../src/player/g711";
import { aacConfig } from "../../src/player/webcodecs_sound_decoder";
import { AHEAD_MAX_S, CONFIRM, MARGIN_S, secondsBetween, SoundPlan, STEP_MAX_S } from "../../src/player/sound_plan";
import { soundWords } from "../../src/player/sound_words";
import { en } from "../../src/text/en";

describe("G.711", () => {
  const samples = (law: "alaw" | "ulaw", ...codes: number[]) =>
    [...decodeG711(law, Uint8Array.from(codes))].map((v) => v * 32768);

  test("A-law: the ends of its range, both smallest steps, a middle segment", () => {
    expect(samples("alaw", 0xaa, 0x2a, 0xd5, 0x55, 0x80)).toEqual([32256, -32256, 8, -8, 5504]);
  });

  test("u-law: the ends of its range, both zeros, a middle segment", () => {
    expect(samples("ulaw", 0x80, 0x00, 0xff, 0x7f, 0xb0).map((v) => v + 0)).toEqual([32124, -32124, 0, 0, 3900]);
  });

  test("each law grows with its magnitude and has no value twice but zero", () => {
    for (const law of ["alaw", "ulaw"] as const) {
      const all = samples(law, ...Array.from({ length: 256 }, (_, i) => i)).map((v) => v + 0);
      expect(new Set(all).size).toBe(law === "alaw" ? 256 : 255);
      expect(all.reduce((sum, v) => sum + v, 0)).toBe(0);
    }
  });
});

describe("AudioSpecificConfig", () => {
  const read = (...bytes: number[]) => aacConfig(Uint8Array.from(bytes));

  test("AAC-LC, 16 kHz, one channel", () => {
    expect(read(0x14, 0x08)).toMatchObject({ codec: "mp4a.40.2", sampleRate: 16000, numberOfChannels: 1 });
  });
  test("a rate of its own", () => {
    expect(read(0x17, 0x80, 0x1f, 0x40, 0x08)).toMatchObject({ sampleRate: 16000, numberOfChannels: 1 });
  });
  test.each([
    ["nothing", []],
    ["cut short", [0x14]],
    ["a reserved rate", [0x16, 0x88]],
    ["no channels", [0x14, 0x00]],
  ])("%s is refused", (_, bytes) => expect(read(...bytes)).toBeUndefined());
});

describe("the plan of a sound", () => {
  const SECONDS = 0.02;
  const TICKS = SECONDS * 90_000;

  test("pieces follow each other without a seam, a margin after the first came", () => {
    const plan = new SoundPlan();
    const at = [0, 1, 2].map((i) => plan.place({ pts90k: i * TICKS, seconds: SECONDS }, i * SECONDS, undefined)!);
    expect(at[0]).toBeCloseTo(MARGIN_S);
    expect(at[1]! - at[0]!).toBeCloseTo(SECONDS);
    expect(at[2]! - at[1]!).toBeCloseTo(SECONDS);
  });

  test("time wraps without a gap", () => {
    const plan = new SoundPlan();
    const first = plan.place({ pts90k: 2 ** 32 - TICKS, seconds: SECONDS }, 0, undefined)!;
    expect(plan.place({ pts90k: 0, seconds: SECONDS }, 0, undefined)! - first).toBeCloseTo(SECONDS);
    expect(secondsBetween(2 ** 32 - 9000, 9000)).toBeCloseTo(0.2);
    expect(secondsBetween(9000, 2 ** 32 - 9000)).toBeCloseTo(-0.2);
  });

  test("what was lost is a pause, what came too late begins anew", () => {
    const plan = new SoundPlan();
    const first = plan.place({ pts90k: 0, seconds: SECONDS }, 0, undefined)!;
    const second = plan.place({ pts90k: 5 * TICKS, seconds: SECONDS }, 0, undefined)!;
    expect(second - first).toBeCloseTo(5 * SECONDS);
    expect(plan.place({ pts90k: 6 * TICKS, seconds: SECONDS }, 7, undefined)).toBeCloseTo(7 + MARGIN_S);
    expect(plan.skipped).toBe(0);
  });

  test("never more than the bound is scheduled, however much comes at once", () => {
    const plan = new SoundPlan();
    let heard = 0;
    for (let i = 0; i < 500; i++) {
      const at = plan.place({ pts90k: i * TICKS, seconds: SECONDS }, 0, undefined);
      if (at === undefined) continue;
      heard += 1;
      expect(at).toBeLessThanOrEqual(AHEAD_MAX_S + 1e-9);
    }
    expect(heard + plan.skipped).toBe(500);
    expect(heard).toBeLessThan(AHEAD_MAX_S / SECONDS + 1);
  });

  test("it waits for a picture that is late, and hurries after one that is ahead", () => {
    const plan = new SoundPlan();
    expect(plan.place({ pts90k: 0, seconds: SECONDS }, 0, 0.2)).toBeCloseTo(0.2);

    // The picture comes to be shown earlier by more than is seen.
    let i = 1;
    let at: number | undefined;
    for (; i < 200; i++) {
      const nowS = i * SECONDS;
      at = plan.place({ pts90k: i * TICKS, seconds: SECONDS }, nowS, nowS);
    }
    expect(at! - (i - 1) * SECONDS).toBeLessThanOrEqual(STEP_MAX_S + 1e-9);
    expect(plan.skipped).toBeGreaterThan(0);
    expect(plan.skipped).toBeLessThan(10);
  });

  test("a single picture that is late moves nothing", () => {
    const plan = new SoundPlan();
    const places = Array.from({ length: 40 }, (_, i) => {
      const nowS = i * SECONDS;
      return plan.place({ pts90k: i * TICKS, seconds: SECONDS }, nowS, i % CONFIRM === 3 ? nowS + 0.3 : nowS);
    });
    places.forEach((at, i) => expect(at).toBeCloseTo(MARGIN_S + i * SECONDS));
  });
});

test("what is the matter with a sound is said in words", () => {
  expect(soundWords({ kind: "off" }, en)).toEqual({ pressed: false, title: en.tile.sound.turnOn, note: "" });
  expect(soundWords({ kind: "silent" }, en).note).toBe(en.tile.sound.silent);
  expect(soundWords({ kind: "unplayable", codec: "mp4a.40.2" }, en).note).toContain("AAC");
  expect(soundWords({ kind: "unplayable", codec: "ulaw" }, en).note).toContain("G.711");
});
