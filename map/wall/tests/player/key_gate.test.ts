import { expect, test } from "vitest";
import { KeyGate, LATE_MAX_MS, QUEUE_MAX } from "../../src/player/key_gate";

const KEY = { key: true, gap: false };
const DELTA = { key: false, gap: false };
const GAP = { key: false, gap: true };

test("nothing is decoded before the first key frame", () => {
  const gate = new KeyGate();
  expect(gate.admit(DELTA, 0)).toBe("drop");
  expect(gate.admit(KEY, 0)).toBe("decode");
  expect(gate.admit(DELTA, 0)).toBe("decode");
  expect(gate.dropped).toBe(1);
});

test("after a gap everything is left out up to the next key frame", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0);
  expect([GAP, DELTA, DELTA, KEY, DELTA].map((unit) => gate.admit(unit, 0))).toEqual([
    "drop", "drop", "drop", "decode", "decode",
  ]);
});

test("a gap right before a key frame costs nothing", () => {
  const gate = new KeyGate();
  expect(gate.admit({ key: true, gap: true }, 0)).toBe("decode");
});

test("a decoder that is behind gets nothing before the next key frame, even if it catches up", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0);
  expect(gate.admit(DELTA, QUEUE_MAX)).toBe("decode");
  expect(gate.admit(DELTA, QUEUE_MAX + 1)).toBe("drop");
  expect(gate.admit(DELTA, 0)).toBe("drop");
  expect(gate.admit(KEY, 0)).toBe("decode");
});

test("a key frame that meets a full queue throws the queue away", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0);
  expect(gate.admit(KEY, QUEUE_MAX + 1)).toBe("restart");
});

test("closed, it waits for a key frame again", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0);
  gate.close();
  expect(gate.waiting).toBe(true);
  expect(gate.admit(DELTA, 0)).toBe("drop");
});

const LATE = LATE_MAX_MS + 1_000;

test("what waited too long is left out up to the next key frame", () => {
  const gate = new KeyGate();
  expect(gate.admit(KEY, 0, LATE)).toBe("decode");
  expect(gate.admit(DELTA, 0, LATE)).toBe("drop");
  expect(gate.admit(DELTA, 0, 0)).toBe("drop");
  expect(gate.admit(KEY, 0, 0)).toBe("decode");
  expect(gate.admit(DELTA, 0, LATE_MAX_MS)).toBe("decode");
});

test("it goes on leaving out while that makes pictures newer", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0, 9_000);
  expect(gate.admit(DELTA, 0, 9_000)).toBe("drop");
  gate.admit(KEY, 0, 7_000);
  expect(gate.admit(DELTA, 0, 7_000)).toBe("drop");
});

test("on a slow line, where leaving out makes nothing newer, pictures are shown late until they are in time again", () => {
  const gate = new KeyGate();
  gate.admit(KEY, 0, LATE);
  gate.admit(DELTA, 0, LATE);
  gate.admit(KEY, 0, LATE);
  expect(gate.admit(DELTA, 0, LATE)).toBe("decode");
  expect(gate.admit(DELTA, 0, 0)).toBe("decode");
  expect(gate.admit(DELTA, 0, LATE)).toBe("drop");
});
