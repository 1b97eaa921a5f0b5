import { describe, expect, test } from "vitest";
import type { Import, ImportReport } from "../../src/api/imports";
import { COLUMN_NAMES, columnWords } from "../../src/admin/columns";
import { columnsWith, firstFilter, isBusy, mayApply, placeOf, writes } from "../../src/admin/import_state";

function report(some: Partial<ImportReport> = {}): ImportReport {
  return { read: 0, new: 0, changed: 0, same: 0, gone: 0, refused: 0, notes: 0, suspected: null, rows_lost: 0, ...some };
}

function item(some: Partial<Import> = {}): Import {
  return {
    id: "a", name: "a.csv", by: "user: a", bytes: 1, state: "ready", progress: null,
    options: { coordinates: "wgs84", all_or_nothing: false, remove_gone: false, columns: {} },
    columns: [], report: report(), problem: null, ...some,
  };
}

describe("what applying writes", () => {
  test("new and changed ones, and gone ones where they are to be removed", () => {
    const found = report({ new: 3, changed: 2, gone: 4 });
    expect(writes(item({ report: found }))).toBe(5);
    const options = { ...item().options, remove_gone: true };
    expect(writes(item({ report: found, options }))).toBe(9);
    expect(writes(item({ report: { ...found, refused: 1 }, options }))).toBe(5);
  });

  test("nothing, where a refused row leaves all of it out", () => {
    const options = { ...item().options, all_or_nothing: true };
    expect(writes(item({ report: report({ new: 3, refused: 1 }), options }))).toBe(0);
    expect(mayApply(item({ report: report({ new: 3, refused: 1 }), options }))).toBe(false);
  });

  test("only what is ready and changes something can be applied", () => {
    const found = report({ new: 1 });
    expect(mayApply(item({ report: found }))).toBe(true);
    expect(mayApply(item({ report: report({ same: 5 }) }))).toBe(false);
    for (const state of ["waiting", "reading", "applying", "applied", "failed"] as const)
      expect(mayApply(item({ report: found, state }))).toBe(false);
  });
});

test("an import is asked for again only while the engine is at work on it", () => {
  expect(["waiting", "reading", "applying"].every((state) => isBusy(item({ state: state as Import["state"] })))).toBe(true);
  expect(["ready", "applied", "failed"].some((state) => isBusy(item({ state: state as Import["state"] })))).toBe(false);
});

test("what is wrong comes first, then doubts, then changes", () => {
  expect(firstFilter(report({ refused: 1, notes: 2, new: 3 }))).toBe("refused");
  expect(firstFilter(report({ notes: 2, new: 3 }))).toBe("notes");
  expect(firstFilter(report({ new: 3, gone: 1 }))).toBe("gone");
  expect(firstFilter(report({ same: 9 }))).toBeNull();
});

describe("the columns of a list", () => {
  test("one of ours has one name: the other is let go", () => {
    expect(columnsWith({ A: "id", B: "ignore" }, "C", "id")).toEqual({ B: "ignore", C: "id" });
  });
  test("several may be left out", () => {
    expect(columnsWith({ A: "ignore" }, "B", "ignore")).toEqual({ A: "ignore", B: "ignore" });
  });
  test("one that is left to itself is said no more", () => {
    expect(columnsWith({ A: "id", B: "name" }, "A", "")).toEqual({ B: "name" });
  });
  test("each has words in both languages", () => {
    for (const name of COLUMN_NAMES) {
      expect(columnWords(name, "en")).not.toBe("");
      expect(columnWords(name, "zh")).toMatch(/[\u4e00-\u9fff]/);
    }
    expect(columnWords("CAM_NAME", "zh")).toBe("CAM_NAME");
  });
});

test("an address says where one is", () => {
  expect(placeOf("")).toEqual({ section: "start", id: "" });
  expect(placeOf("#import")).toEqual({ section: "import", id: "" });
  expect(placeOf("#import/3f0c")).toEqual({ section: "import", id: "3f0c" });
  expect(placeOf("#cameras/a%2Fb")).toEqual({ section: "cameras", id: "a/b" });
  expect(placeOf("#nonsense/x")).toEqual({ section: "start", id: "" });
});
