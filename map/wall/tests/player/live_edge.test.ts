import { expect, test } from "vitest";
import { FrameLog, LOG_MAX } from "../../src/player/frame_log";
import { advise, TARGET_S } from "../../src/player/live_edge";
import { Timeline } from "../../src/player/timeline";

test("at the edge nothing is to be done", () => {
  expect(advise({ ranges: [{ start: 0, end: 10 }], position: 9.9 }, 1)).toEqual({ playbackRate: 1 });
});

test("a little late: hurry until the target is reached", () => {
  const at = (position: number, rate: number) => advise({ ranges: [{ start: 0, end: 10 }], position }, rate).playbackRate;
  expect(at(9.5, 1)).toBe(1.1);
  expect(at(9.75, 1.1)).toBe(1.1);
  expect(at(9.75, 1)).toBe(1);
  expect(at(9.9, 1.1)).toBe(1);
});

test("a second behind, as a start with cached pictures is: jump at once", () => {
  const at = (position: number) => advise({ ranges: [{ start: 0, end: 10 }], position }, 1).seekTo;
  expect(at(9.3)).toBeUndefined();
  expect(at(9.0)).toBeCloseTo(10 - TARGET_S);
});

test("far behind, as after sleep: jump, never replay the past", () => {
  const advice = advise({ ranges: [{ start: 0, end: 60 }], position: 3 }, 1);
  expect(advice.seekTo).toBeCloseTo(60 - TARGET_S);
});

test("before the first picture and beyond a hole it jumps to what is there", () => {
  expect(advise({ ranges: [{ start: 100, end: 100.5 }], position: 0 }, 1).seekTo).toBeCloseTo(100.38);
  const hole = [{ start: 0, end: 5 }, { start: 5.4, end: 5.5 }];
  expect(advise({ ranges: hole, position: 4.98 }, 1).seekTo).toBeCloseTo(5.4);
});

test("the past is removed before it fills the memory", () => {
  expect(advise({ ranges: [{ start: 0, end: 11 }], position: 10.9 }, 1).trimBefore).toBeUndefined();
  expect(advise({ ranges: [{ start: 0, end: 13 }], position: 12.9 }, 1).trimBefore).toBeCloseTo(8.9);
});

test("nothing buffered, nothing to do", () => {
  expect(advise({ ranges: [], position: 0 }, 1.1)).toEqual({ playbackRate: 1 });
});

test("ticks go on over the wrap, forwards and backwards", () => {
  const timeline = new Timeline();
  expect(timeline.unwrap(2 ** 32 - 3600)).toBe(2 ** 32 - 3600);
  expect(timeline.unwrap(0)).toBe(2 ** 32);
  expect(timeline.unwrap(2 ** 32 - 1800)).toBe(2 ** 32 - 1800);
  expect(timeline.unwrap(3600)).toBe(2 ** 32 + 3600);
});

test("the log gives the frame on screen and forgets the ones before it", () => {
  const log = new FrameLog();
  for (let i = 1; i <= 3; i++) log.put(i * 10, { arrivedMs: i, proof: undefined, pts90k: 0 });
  expect(log.takeUpTo(25)?.arrivedMs).toBe(2);
  expect(log.takeUpTo(15)).toBeUndefined();
  expect(log.takeUpTo(30)?.arrivedMs).toBe(3);
});

test("the log is bounded", () => {
  const log = new FrameLog();
  for (let i = 0; i <= LOG_MAX; i++) log.put(i, { arrivedMs: i, proof: undefined, pts90k: 0 });
  expect(log.takeUpTo(0)).toBeUndefined();
  expect(log.takeUpTo(1)?.arrivedMs).toBe(1);
});
