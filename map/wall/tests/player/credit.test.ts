import { expect, test } from "vitest";
import { BEHIND_FRAMES, Credit, PORTION_FRAMES } from "../../src/player/credit";
import { CREDIT_FRAMES } from "../../src/wire/connection";

function received(frames: number): Credit {
  const credit = new Credit();
  for (let i = 0; i < frames; i++) credit.received();
  return credit;
}

test("what came is granted again in portions, once", () => {
  const credit = received(PORTION_FRAMES - 1);
  expect(credit.take(0)).toBe(0);
  credit.received();
  expect(credit.take(0)).toBe(PORTION_FRAMES);
  expect(credit.take(0)).toBe(0);
});

test("a decoder that is behind is granted nothing until it has caught up, then all of it", () => {
  const credit = received(CREDIT_FRAMES);
  expect(credit.take(BEHIND_FRAMES + 1)).toBe(0);
  expect(credit.take(BEHIND_FRAMES)).toBe(CREDIT_FRAMES);
});

test("a lost link forgets what was owed on it", () => {
  const credit = received(PORTION_FRAMES);
  credit.reset();
  expect(credit.take(0)).toBe(0);
});

test("whoever decodes less than comes is sent what it decodes, and no more waits than its credit", () => {
  const credit = new Credit();
  let inHand = CREDIT_FRAMES;
  let queued = 0;
  let sent = 0;
  for (let tick = 0; tick < 10_000; tick++) {
    if (inHand > 0) {
      inHand -= 1;
      queued += 1;
      sent += 1;
      credit.received();
    }
    if (tick % 3 === 0 && queued > 0) queued -= 1;
    expect(queued).toBeLessThanOrEqual(CREDIT_FRAMES);
    inHand += credit.take(queued);
  }
  expect(sent).toBeGreaterThan(3000);
  expect(sent).toBeLessThanOrEqual(3334 + CREDIT_FRAMES);
});
