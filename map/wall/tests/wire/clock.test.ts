import { expect, test } from "vitest";
import { backoffMs, FIRST_WAIT_MS, LONGEST_WAIT_MS } from "../../src/wire/backoff";
import { EngineClock } from "../../src/wire/clock";

test("before any message the engine's time is not known", () => {
  expect(new EngineClock().engineMs(5)).toBeUndefined();
});

test("the shortest round trip decides, not the last one", () => {
  const clock = new EngineClock();
  clock.sample(1000, 1010, 9_000_005_000); // engine is 8_999_000 ms ahead
  clock.sample(2000, 3000, 9_002_400_000); // slow way there: off by 900 ms
  expect(clock.engineMs(1005)).toBe(9_000_005);
});

test("a ping replaces the rough idea that hello gave", () => {
  const clock = new EngineClock();
  clock.hello(100, 1_000_000);
  expect(clock.engineMs(100)).toBe(1000);
  clock.sample(200, 220, 1_160_000);
  expect(clock.engineMs(210)).toBe(1160);
});

test("old samples leave: clocks drift", () => {
  const clock = new EngineClock();
  clock.sample(0, 1, 0);
  for (let i = 1; i <= 12; i++) clock.sample(i * 1000, i * 1000 + 100, (i * 1000 + 50 + 7) * 1000);
  expect(clock.engineMs(20_000)).toBe(20_007);
});

test("waits grow, are spread, and never exceed the longest", () => {
  expect(backoffMs(1, 0)).toBe(FIRST_WAIT_MS / 2);
  expect(backoffMs(1, 0.999)).toBeLessThan(FIRST_WAIT_MS);
  expect(backoffMs(3, 0.5)).toBeGreaterThan(backoffMs(1, 0.5));
  for (let attempt = 1; attempt < 2000; attempt += 7) {
    expect(backoffMs(attempt, 0.999)).toBeLessThanOrEqual(LONGEST_WAIT_MS);
  }
});
