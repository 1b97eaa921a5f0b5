#!/usr/bin/env python3
"""Checks what gridwall-district writes: the same bytes, exact tilings, codes that agree, and
that the engine puts each camera into the deepest cell around it.

usage: check_district.py PROGRAM ENGINE GOLDEN
"""
import csv
import hashlib
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

FILES = (
    "cameras.csv",
    "cells.geojson",
    "district.json",
    "divisions.geojson",
    "basemap/buildings.geojson",
    "basemap/green.geojson",
    "basemap/places.geojson",
    "basemap/roads.geojson",
    "basemap/water.geojson",
)


def fixed(text):
    """A coordinate as a whole number of 1e-7 degrees; floats would hide a last digit."""
    whole, part = text.split(".")
    assert len(part) == 7, text
    return int(whole + part)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_float=fixed)


def digest(folder):
    total = hashlib.sha256()
    for name in FILES:
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def doubled_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))


def contains(ring, x, y):
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > y) != (by > y):
            side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
            if (side > 0) == (by > ay):
                inside = not inside
    return inside


def side(a, b, p):
    return (b[0] - a[0]) * (p[1] - a[1]) - (p[0] - a[0]) * (b[1] - a[1])


def edges_meet(a, b, c, d):
    """Whether the segments a-b and c-d have a point in common."""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def rings_meet(one, other):
    return any(edges_meet(a, b, c, d)
               for a, b in zip(one, one[1:]) for c, d in zip(other, other[1:]))


def on_border(ring, x, y):
    return any(edges_meet(a, b, (x, y), (x, y)) for a, b in zip(ring, ring[1:]))


class Layer:
    """Polygons by code, found quickly by bounding box."""

    def __init__(self, features):
        self.rings, self.holes = {}, {}
        for feature in features:
            code = feature["properties"]["code"]
            assert code not in self.rings, f"{code} twice"
            assert feature["geometry"]["type"] == "Polygon"
            self.rings[code], *self.holes[code] = feature["geometry"]["coordinates"]
        self.boxes = {
            code: (min(x for x, _ in r), min(y for _, y in r),
                   max(x for x, _ in r), max(y for _, y in r))
            for code, r in self.rings.items()
        }

    def at(self, x, y):
        return [code for code, (w, s, e, n) in self.boxes.items()
                if w <= x <= e and s <= y <= n and contains(self.rings[code], x, y)
                and not any(contains(hole, x, y) for hole in self.holes[code])]

    def near(self, x, y):
        """The same, with the borders."""
        return [code for code, (w, s, e, n) in self.boxes.items()
                if w <= x <= e and s <= y <= n
                and (on_border(self.rings[code], x, y) or contains(self.rings[code], x, y))
                and not any(contains(hole, x, y) and not on_border(hole, x, y)
                            for hole in self.holes[code])]

    def check_rings(self):
        for code, ring in self.rings.items():
            assert ring[0] == ring[-1], f"{code} is not closed"
            assert doubled_area(ring) > 0, f"{code} is not counter-clockwise"
            assert len({tuple(p) for p in ring}) == len(ring) - 1, f"{code} touches itself"

    def check_tiles(self, outer):
        """Each edge once in each direction, or once along the outer ring."""
        edges = set()
        for code, ring in self.rings.items():
            for a, b in zip(ring, ring[1:]):
                edge = (tuple(a), tuple(b))
                assert edge not in edges, f"{code}: an edge has two areas on one side"
                edges.add(edge)
        border = {(a, b) for a, b in edges if (b, a) not in edges}
        rim = {(tuple(a), tuple(b)) for a, b in zip(outer, outer[1:])}
        assert border == rim, "gap or overlap: edges that only one area has"
        assert sum(map(doubled_area, self.rings.values())) == doubled_area(outer)


def check_divisions(features):
    levels = {1: [], 2: [], 3: []}
    for feature in features:
        levels[feature["properties"]["level"]].append(feature)
    assert [len(levels[i]) for i in (1, 2, 3)] == [1, 10, 440]

    (district,) = levels[1]
    assert district["properties"]["code"] == "370812"
    towns = {f["properties"]["code"] for f in levels[2]}
    for feature in levels[2]:
        own = feature["properties"]
        assert re.fullmatch(r"370812[01]\d\d000", own["code"]) and own["parent"] == "370812"
    names = set()
    for feature in levels[3]:
        own = feature["properties"]
        assert own["parent"] in towns and own["code"][:9] == own["parent"][:9]
        assert re.fullmatch(r"\d{9}[0-3]\d\d", own["code"]), own["code"]
        names.add((own["parent"], own["name"]))
    assert len(names) == 440, "two villages of a town share a name"
    return Layer(levels[1]), Layer(levels[2]), Layer(levels[3])


# Rows in which the cells of a level are counted, 1e-7 degree of latitude
# (tests/district/subcells.c).
ROWS = {"special": 90_000, 4: 9_000, 5: 4_500, 6: 10_000_000}
DIGITS = {1: 9, 2: 12, 3: 15, 4: 18, 5: 21, 6: 24}


def is_special(own):
    return own["level"] == 3 and re.fullmatch(r"\d{12}Z\d\d", own["code"])


def load_cells(folder, villages):
    """The features by level; special grids apart, under the key "special"."""
    levels = {key: [] for key in (*DIGITS, "special")}
    for feature in load(folder / "cells.geojson")["features"]:
        own = feature["properties"]
        levels["special" if is_special(own) else own["level"]].append(feature)
        assert own["division"][:9] == own["code"][:9], own
        assert own["level"] == 1 or own["division"] in villages.rings, own
    for level, digits in DIGITS.items():
        for feature in levels[level]:
            own = feature["properties"]
            assert re.fullmatch(rf"\d{{{digits}}}", own["code"]), own
            assert own["parent"] == ("" if level == 1 else own["code"][:digits - 3]), own
            assert len(feature["geometry"]["coordinates"]) == 1 or level == 3
    for feature in levels["special"]:
        assert feature["properties"]["parent"] == feature["properties"]["code"][:12]
    return levels


def check_counts(folder, levels):
    counts = load(folder / "district.json")["counts"]
    assert [len(levels[i]) for i in (1, 3)] == [10, 349]
    assert len(levels[2]) == len({f["properties"]["code"][:12] for f in levels[3]})
    for key, name, least, most in (("special", "special_grids", 5, 60), (4, "compounds", 300, 1500),
                                   (5, "buildings_with_code", 2000, 6000), (6, "stairwells", 2000, 9000)):
        assert least <= len(levels[key]) <= most, (key, len(levels[key]))
        assert counts[name] == len(levels[key]), name


def check_upper(levels, towns, villages, grids, outer):
    """Streets and communities tile the district, and whole grids tile each of them."""
    streets, communities = Layer(levels[1]), Layer(levels[2])
    for layer in (streets, communities):
        layer.check_rings()
        layer.check_tiles(outer)
        for code, ring in layer.rings.items():
            below = Layer([])
            below.rings = {c: r for c, r in grids.rings.items() if c.startswith(code)}
            below.check_tiles(ring)
    for code, ring in streets.rings.items():
        assert ring == towns.rings[code + "000"]
    for code in communities.rings:
        assert code in villages.rings


def check_below(upper, lower):
    """Each of `lower` lies in the one of `upper` that its code begins with, and touches
    neither the border of that one nor another of its own level."""
    lower.check_rings()
    groups = {}
    for code, ring in lower.rings.items():
        groups.setdefault(code[:-3], []).append((code, ring))
    for above, members in groups.items():
        for i, (code, ring) in enumerate(members):
            assert contains(upper.rings[above], *ring[0]), f"{code} is not in {above}"
            assert not any(contains(hole, *ring[0]) for hole in upper.holes[above]), \
                f"{code} is in a special grid"
            for border in (upper.rings[above], *upper.holes[above]):
                assert not rings_meet(border, ring), f"{code} touches the border of {above}"
            for other, beside in members[i + 1:]:
                assert not rings_meet(ring, beside), f"{code} and {other} touch"
                assert not contains(ring, *beside[0]) and not contains(beside, *ring[0]), \
                    f"{code} and {other} overlap"


def check_stairwells(buildings, stairwells):
    """The stairwells of a building tile it; a house has none."""
    groups = {}
    for code, ring in stairwells.rings.items():
        groups.setdefault(code[:-3], {})[code] = ring
    for above, rings in groups.items():
        inside = Layer([])
        inside.rings = rings
        inside.check_tiles(buildings.rings[above])


def check_special(levels, grids):
    """A special grid fills a hole of one basic grid, of its own community."""
    holes = {}
    for code, cut in grids.holes.items():
        for hole in cut:
            assert doubled_area(hole) < 0, f"a hole of {code} is not clockwise"
            assert not rings_meet(hole, grids.rings[code])
            holes[tuple(map(tuple, hole[::-1]))] = code
    special = Layer(levels["special"])
    special.check_rings()
    assert len(holes) == len(special.rings)
    for code, ring in special.rings.items():
        assert holes[tuple(map(tuple, ring))][:12] == code[:12], code


def check_numbers(levels):
    """From west to east in a row, rows from north to south, without a gap."""
    for level, row in ROWS.items():
        groups = {}
        for feature in levels[level]:
            code, (x, y) = feature["properties"]["code"], feature["geometry"]["coordinates"][0][0]
            cut = -2 if level == "special" else -3
            groups.setdefault(code[:cut], []).append((-(y // row), x, int(code[cut:])))
        for above, members in groups.items():
            numbers = [number for *_, number in sorted(members)]
            assert numbers == list(range(1, len(members) + 1)), (above, numbers)


def check_footprints(folder, buildings):
    """A building with a code is one of the base map: the same corners."""
    drawn = {frozenset(map(tuple, f["geometry"]["coordinates"][0]))
             for f in load(folder / "basemap/buildings.geojson")["features"]}
    for code, ring in buildings.rings.items():
        half = len(ring) // 2
        corners = frozenset(tuple(ring[i]) for i in (0, half - 1, half, len(ring) - 2))
        assert corners in drawn, f"{code} is not on the base map"


def check_layers(folder):
    """Returns villages, basic grids, and the layers a position is looked for in, deepest first."""
    district, towns, villages = check_divisions(load(folder / "divisions.geojson")["features"])
    levels = load_cells(folder, villages)
    check_counts(folder, levels)
    grids = Layer(levels[3])

    (outer,) = district.rings.values()
    for layer in (district, towns, villages, grids):
        layer.check_rings()
        layer.check_tiles(outer)
    for code, ring in towns.rings.items():
        inside = [r for c, r in villages.rings.items() if c[:9] == code[:9]]
        assert sum(map(doubled_area, inside)) == doubled_area(ring), f"town {code}"

    compounds, buildings, stairwells = (Layer(levels[level]) for level in (4, 5, 6))
    check_upper(levels, towns, villages, grids, outer)
    check_special(levels, grids)
    check_below(grids, compounds)
    check_below(compounds, buildings)
    stairwells.check_rings()
    check_stairwells(buildings, stairwells)
    check_numbers(levels)
    check_footprints(folder, buildings)
    return villages, grids, (stairwells, buildings, compounds, Layer(levels[3] + levels["special"]))


def deepest(layers, x, y):
    """The cell that a position is in: borders belong to their cells, and on a common
    one the lowest code counts (docs/data-model.md)."""
    for layer in layers:
        found = layer.near(x, y)
        if found:
            return min(found)
    raise AssertionError(f"no cell at {x}, {y}")


def imported_cells(engine, folder):
    """The cell of each camera after the engine has imported the district."""
    data = folder / "data"
    files = [folder / name for name in ("divisions.geojson", "cells.geojson", "cameras.csv")]
    run = subprocess.run([engine, "import", "--data", data, *files], capture_output=True,
                         text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    base = sqlite3.connect(data / "gridwall.db")
    try:
        return dict(base.execute("SELECT id, cell FROM cameras"))
    finally:
        base.close()


def check_cameras(engine, folder, villages, grids, layers):
    with open(folder / "cameras.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8600
    assert len({r["id"] for r in rows}) == 8600, "ids are not unique"
    assert len({r["name"] for r in rows}) == 8600, "names are not unique"
    assert len({r["department"] for r in rows}) == 20

    split = {c[:12] for c in grids.rings if c.endswith("002")}
    cell_of, lengths = imported_cells(engine, folder), set()
    for n, row in enumerate(rows, 1):
        assert re.fullmatch(r"370812\d\d\d\d13[12]\d{7}", row["id"]), row["id"]
        assert row["url_main"] == f"rtsp://127.0.0.1:8554/cam/{n:05}/main"
        assert row["url_sub"] == f"rtsp://127.0.0.1:8554/cam/{n:05}/sub"
        x, y = fixed(row["lon"]), fixed(row["lat"])
        assert villages.at(x, y) == [row["division"]], row
        cell = deepest(layers, x, y)
        assert cell_of[row["id"]] == cell, (cell_of[row["id"]], row)
        # Villages of the country share the cell of the largest of them.
        same = 12 if row["division"] in split else 9
        assert cell[:same] == row["division"][:same], (cell, row)
        lengths.add("special" if "Z" in cell else len(cell))
    assert lengths == {"special", 15, 18, 21, 24}, f"no camera in some level: {lengths}"


def check_basemap(folder):
    buildings = load(folder / "basemap/buildings.geojson")["features"]
    assert 2500 <= len(buildings) <= 6000, len(buildings)
    for feature in buildings:
        (ring,) = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1] and doubled_area(ring) > 0
        assert 3 <= feature["properties"]["height"] <= 150
    kinds = {f["properties"]["kind"] for f in load(folder / "basemap/places.geojson")["features"]}
    assert {"school", "hospital", "mall", "hotel", "fuel", "plant", "government"} <= kinds
    roads = load(folder / "basemap/roads.geojson")["features"]
    assert {f["properties"]["class"] for f in roads} == {"trunk", "main", "street"}


def generate(program, folder, *options):
    return subprocess.run([program, "--out", str(folder), *options], capture_output=True,
                          text=True, check=False)


def check_options(program, root):
    for bad in (["--cameras", "0"], ["--cameras", "9x"], ["--farm", "http://x"],
                ["--farm", "rtsp://a,b"], ["--seed", "-1"], ["--frobnicate", "1"]):
        run = generate(program, root / "bad", *bad)
        assert run.returncode == 1 and bad[0].strip("-") in run.stderr, run
        assert not (root / "bad").exists(), "wrote in spite of a wrong option"
    run = generate(program, root / "few", "--cameras", "3", "--user", "op", "--password", "p@s#1")
    assert run.returncode == 0, run.stderr
    lines = (root / "few" / "cameras.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert lines[3].endswith(",rtsp://op:p%40s%231@127.0.0.1:8554/cam/00003/sub"), lines[3]


def main():
    program, engine, golden_file = sys.argv[1:]
    golden = pathlib.Path(golden_file).read_text(encoding="ascii").split()[0]
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for run in ("one", "two", "other"):
            result = generate(program, root / run, "--seed", "2" if run == "other" else "1")
            assert result.returncode == 0, result.stderr
        assert digest(root / "one") == digest(root / "two"), "two runs differ"
        assert digest(root / "one") != digest(root / "other"), "the seed changes nothing"
        for run in ("one", "other"):
            check_cameras(engine, root / run, *check_layers(root / run))
            check_basemap(root / run)
        check_options(program, root)
        found = digest(root / "one")
        assert found == golden, f"seed 1 gives {found}: if that is meant, write it to golden.sha256"
    return 0


if __name__ == "__main__":
    sys.exit(main())
