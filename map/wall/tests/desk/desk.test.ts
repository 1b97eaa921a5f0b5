import { describe, expect, test } from "vitest";
import type { Cell, Counts, District, Division, MapCameraProperties } from "../../src/api/types";
import { buildPlaces, cellKey, pathTo, withCells } from "../../src/desk/places";
import { buildIndex, search } from "../../src/desk/search";
import { firstSlots, slotColumns, SLOTS, toggleSlot } from "../../src/desk/slots";
import { scrollToRow, windowOf } from "../../src/desk/window";

const counts: Counts = { total: 3, live: 0, online: 0, connecting: 0, offline: 0, unknown: 3 };
const district: District = { code: "370812", name: "兖州", bounds: [116, 35, 117, 36], cameras: counts, basemap: [] };
const divisions: Division[] = [
  { code: "370812", name: "兖州", level: 1, parent: "", cameras: counts },
  { code: "370812001000", name: "鼓楼街道", level: 2, parent: "370812", cameras: counts },
  { code: "370812001002", name: "兴隆社区", level: 3, parent: "370812001000", cameras: counts },
];
const cell = (code: string, change: Partial<Cell> = {}): Cell => ({
  code, name: `网格${code.slice(-3)}`, level: 3, kind: "grid", division: "370812001002", parent: "", cameras: counts, ...change,
});
const compound = (code: string, parent: string) => cell(code, { level: 4, kind: "compound", parent });
const cells = [cell("370812001002002"), cell("370812001002001"), compound("370812001002001001", "370812001002001")];

describe("places", () => {
  const places = buildPlaces(district, divisions, cells);

  test("from the district one comes down to every cell, in order of code", () => {
    const below = (key: string) => places.children.get(key)?.map((p) => p.code);
    expect(below("370812")).toEqual(["370812001000"]);
    expect(below("370812001000")).toEqual(["370812001002"]);
    expect(below("370812001002")).toEqual(["370812001002001", "370812001002002"]);
    expect(below(cellKey("370812001002001"))).toEqual(["370812001002001001"]);
  });

  test("a path leads from the district to the place", () => {
    const place = places.byCode.get(cellKey("370812001002001001"))!;
    expect(pathTo(places, place).map((p) => p.kind)).toEqual(["district", "town", "village", "cell", "compound"]);
  });

  test("what names a parent that nobody knows hangs on the district", () => {
    const lost = buildPlaces(district, [], [cell("1", { division: "999" })]);
    expect(lost.children.get("370812")?.map((p) => p.code)).toEqual(["1"]);
    expect(pathTo(lost, lost.byCode.get(cellKey("1"))!).map((p) => p.code)).toEqual(["370812", "1"]);
  });

  test("a street's or community's cell is its division, and no place of its own", () => {
    const upper = [
      cell("370812001", { level: 1, kind: "street", division: "370812001000" }),
      cell("370812001002", { level: 2, kind: "community", parent: "370812001" }),
      cell("370812001002001", { parent: "370812001002" }),
      cell("370812001002Z01", { kind: "special", parent: "370812001002" }),
      cell("370812009", { level: 1, kind: "street", division: "370812009000" }),
    ];
    const tree = buildPlaces(district, divisions, upper);
    const below = (key: string) => tree.children.get(key)?.map((p) => `${p.kind} ${p.code}`);
    expect(below("370812001000")).toEqual(["village 370812001002"]);
    expect(below("370812001002")).toEqual(["cell 370812001002001", "special 370812001002Z01"]);
    expect(below("370812")).toEqual(["town 370812001000", "cell 370812009"]);
  });

  test("an opened cell brings what lies in it, and the tree before stays as it was", () => {
    const opened = withCells(places, [compound("370812001002002001", "370812001002002")]);
    const key = cellKey("370812001002002");
    expect(opened.children.get(key)?.map((p) => p.code)).toEqual(["370812001002002001"]);
    expect(places.children.get(key)).toBeUndefined();
    const again = withCells(opened, [compound("370812001002002001", "370812001002002")]);
    expect(again.children.get(key)).toHaveLength(1);
    expect(withCells(places, [])).toBe(places);
  });

  test("a circle of parents does not hang the page", () => {
    const ring = buildPlaces(district, [], [cell("1", { parent: "2" }), cell("2", { parent: "1" })]);
    expect(pathTo(ring, ring.byCode.get(cellKey("1"))!).at(-1)?.code).toBe("1");
  });
});

describe("search", () => {
  const camera = (id: string, name: string): MapCameraProperties => ({ id, name, cell: "", state: "unknown" });
  const cameras = [camera("37081200001310000001", "兴隆路小学 南门"), camera("37081200001310000002", "Gas Station 12 兴隆")];
  const index = buildIndex(buildPlaces(district, divisions, cells), cameras);
  const names = (query: string) =>
    search(index, query, 10).hits.map((hit) => (hit.kind === "camera" ? hit.camera.name : hit.place.name));

  test("a part of a name is enough; what begins so comes first", () => {
    expect(names("兴隆")).toEqual(["兴隆社区", "兴隆路小学 南门", "Gas Station 12 兴隆"]);
  });
  test("several words must all match, capitals and full width do not matter", () => {
    expect(names("GAS １２")).toEqual(["Gas Station 12 兴隆"]);
    expect(names("gas 99")).toEqual([]);
  });
  test("a code finds its cell before the ones that only begin so", () => {
    expect(names("370812001002001")[0]).toBe("网格001");
  });
  test("nothing typed, nothing found", () => {
    expect(search(index, "  ", 10)).toEqual({ hits: [], total: 0 });
  });
  test("no more than the limit is handed out, all are counted", () => {
    const many = buildIndex(undefined, Array.from({ length: 8600 }, (_, i) => camera(String(i), `路口 ${i}`)));
    const found = search(many, "路口", 12);
    expect(found.hits).toHaveLength(12);
    expect(found.total).toBe(8600);
  });
});

describe("slots", () => {
  const ids = (n: number) => Array.from({ length: n }, (_, i) => String(i));

  test("cameras that probably answer play first, at most nine", () => {
    const cameras = ids(12).map((id, i) => ({ id, state: i === 11 ? ("live" as const) : i === 0 ? ("offline" as const) : ("unknown" as const) }));
    const slots = firstSlots(cameras);
    expect(slots).toHaveLength(SLOTS);
    expect(slots[0]).toBe("11");
    expect(slots).not.toContain("0");
  });
  test("picking twice puts back", () => {
    const once = toggleSlot(["a"], ["a"], "b");
    expect(once.slots).toEqual(["a", "b"]);
    expect(toggleSlot(once.slots, once.picked, "b").slots).toEqual(["a"]);
  });
  test("when all are taken, the one picked first makes room and the others keep their tiles", () => {
    const nine = ids(9);
    const next = toggleSlot(nine, ["4", ...nine.filter((id) => id !== "4")], "new");
    expect(next.slots).toEqual(nine.map((id) => (id === "4" ? "new" : id)));
    expect(toggleSlot(next.slots, next.picked, "newer").slots[0]).toBe("newer");
  });
  test("the grid is as square as it can be", () => {
    expect([1, 2, 4, 5, 9].map(slotColumns)).toEqual([1, 2, 2, 3, 3]);
  });
});

describe("window of a long list", () => {
  test("only what is seen, and a margin, is drawn", () => {
    expect(windowOf(8600, 30, 30_000, 300)).toEqual({ first: 994, end: 1016 });
    expect(windowOf(3, 30, 0, 300)).toEqual({ first: 0, end: 3 });
    expect(windowOf(0, 30, 0, 300)).toEqual({ first: 0, end: 0 });
  });
  test("a list that became shorter than it is scrolled shows its end", () => {
    const { first, end } = windowOf(10, 30, 9_000, 300);
    expect([first, end]).toEqual([4, 10]);
  });
  test("a row is scrolled to only when it is not seen whole", () => {
    expect(scrollToRow(5, 30, 0, 300)).toBe(0);
    expect(scrollToRow(10, 30, 0, 300)).toBe(30);
    expect(scrollToRow(2, 30, 90, 300)).toBe(60);
  });
});
