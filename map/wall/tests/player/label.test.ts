import { expect, test } from "vitest";
import { splitLabel } from "../../src/player/label";

test("the last word of a name is kept, with its blank", () => {
  expect(splitLabel("兴隆路与健康街路口 西向")).toEqual(["兴隆路与健康街路口", " 西向"]);
  expect(splitLabel("Gate 12")).toEqual(["Gate", " 12"]);
});

test("a name in one word, or with a long last one, keeps its last characters", () => {
  expect(splitLabel("37081200001310000001")).toEqual(["37081200001310000", "001"]);
  expect(splitLabel("School entrance")).toEqual(["School entra", "nce"]);
});

test("nothing is lost, whatever the name is", () => {
  for (const label of ["", "a", "ab", " a", "a ", "𠮷野家 𠮷", "路口"]) {
    expect(splitLabel(label).join("")).toBe(label);
  }
  expect(splitLabel("𠮷野家𠮷")).toEqual(["𠮷", "野家𠮷"]);
});
