import { expect, test } from "vitest";
import { ASK_MS, RETRY_MS, awaitEnrolment } from "../../src/sign_in/enrolment";
import type { Answer, Code } from "../../src/sign_in/enrolment";

/** A screen whose time goes on when it is told, and what it shows. */
function screen(codes: (Code | Error)[], answers: (Answer | Error)[]) {
  const seen: string[] = [];
  let later: { ms: number; call: () => void } | undefined;
  const next = async <T>(list: (T | Error)[]): Promise<T> => {
    const first = list.shift();
    if (first === undefined) throw new Error("asked once too often");
    if (first instanceof Error) throw first;
    return first;
  };
  const end = awaitEnrolment({
    begin: () => next(codes),
    ask: (word) => {
      seen.push(`ask ${word}`);
      return next(answers);
    },
    after: (ms, call) => {
      later = { ms, call };
      return () => (later = undefined);
    },
    onCode: (code) => seen.push(`code ${code}`),
    onFailure: (error) => seen.push(`failure ${(error as Error).message}`),
    onIn: () => seen.push("in"),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    seen,
    end,
    settle,
    waits: () => later?.ms,
    tick: async () => {
      const due = later;
      later = undefined;
      due?.call();
      await settle();
    },
  };
}

const FIRST = { code: "AAAA-AAAA", word: "a" }, SECOND = { code: "CCCC-CCCC", word: "c" };

test("a screen shows its code and asks until it is in", async () => {
  const s = screen([FIRST], ["waiting", "waiting", "in"]);
  await s.settle();
  for (let i = 0; i < 3; i++) {
    expect(s.waits()).toBe(ASK_MS);
    await s.tick();
  }
  expect(s.seen).toEqual(["code AAAA-AAAA", "ask a", "ask a", "ask a", "in"]);
  expect(s.waits()).toBe(undefined);
});

test("a code that is over is followed by another", async () => {
  const s = screen([FIRST, SECOND], ["over", "in"]);
  await s.settle();
  await s.tick();
  await s.tick();
  expect(s.seen).toEqual(["code AAAA-AAAA", "ask a", "code CCCC-CCCC", "ask c", "in"]);
});

test("an engine that does not answer is asked again, with the same word", async () => {
  const s = screen([new Error("down"), FIRST], [new Error("down"), "in"]);
  await s.settle();
  expect(s.waits()).toBe(RETRY_MS);
  await s.tick();
  await s.tick();
  expect(s.waits()).toBe(RETRY_MS);
  await s.tick();
  expect(s.seen).toEqual(["failure down", "code AAAA-AAAA", "ask a", "failure down", "ask a", "in"]);
});

test("who ends it hears no more", async () => {
  const s = screen([FIRST], []);
  s.end();
  await s.settle();
  expect(s.seen).toEqual([]);
  expect(s.waits()).toBe(undefined);
});
