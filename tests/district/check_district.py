#!/usr/bin/env python3
"""Checks what gridwall-district writes: the same bytes, exact tilings, codes that agree.

usage: check_district.py PROGRAM GOLDEN
"""
import csv
import hashlib
import json
import pathlib
import re
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


class Layer:
    """Polygons by code, found quickly by bounding box."""

    def __init__(self, features):
        self.rings = {}
        for feature in features:
            code = feature["properties"]["code"]
            assert code not in self.rings, f"{code} twice"
            assert feature["geometry"]["type"] == "Polygon"
            (self.rings[code],) = feature["geometry"]["coordinates"]
        self.boxes = {
            code: (min(x for x, _ in r), min(y for _, y in r),
                   max(x for x, _ in r), max(y for _, y in r))
            for code, r in self.rings.items()
        }

    def at(self, x, y):
        return [code for code, (w, s, e, n) in self.boxes.items()
                if w <= x <= e and s <= y <= n and contains(self.rings[code], x, y)]

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


def check_layers(folder):
    district, towns, villages = check_divisions(load(folder / "divisions.geojson")["features"])
    cell_features = load(folder / "cells.geojson")["features"]
    cells = Layer(cell_features)
    assert len(cells.rings) == 349
    for feature in cell_features:
        own = feature["properties"]
        assert own["level"] == 3 and re.fullmatch(r"\d{15}", own["code"])
        assert own["division"] == own["code"][:12] and own["division"] in villages.rings

    (outer,) = district.rings.values()
    for layer in (district, towns, villages, cells):
        layer.check_rings()
        layer.check_tiles(outer)
    for code, ring in towns.rings.items():
        for layer in (villages, cells):
            inside = [r for c, r in layer.rings.items() if c[:9] == code[:9]]
            assert sum(map(doubled_area, inside)) == doubled_area(ring), f"town {code}"
    return villages, cells


def check_cameras(folder, villages, cells):
    with open(folder / "cameras.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8600
    assert len({r["id"] for r in rows}) == 8600, "ids are not unique"
    assert len({r["name"] for r in rows}) == 8600, "names are not unique"
    assert len({r["department"] for r in rows}) == 20

    split = {c[:12] for c in cells.rings if c.endswith("002")}
    for n, row in enumerate(rows, 1):
        assert re.fullmatch(r"370812\d\d\d\d13[12]\d{7}", row["id"]), row["id"]
        assert row["url_main"] == f"rtsp://127.0.0.1:8554/cam/{n:05}/main"
        assert row["url_sub"] == f"rtsp://127.0.0.1:8554/cam/{n:05}/sub"
        x, y = fixed(row["lon"]), fixed(row["lat"])
        assert villages.at(x, y) == [row["division"]], row
        (cell,) = cells.at(x, y)
        # Villages of the country share the cell of the largest of them.
        same = 12 if row["division"] in split else 9
        assert cell[:same] == row["division"][:same], (cell, row)


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
    program, golden = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(encoding="ascii").split()[0]
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for run in ("one", "two", "other"):
            result = generate(program, root / run, "--seed", "2" if run == "other" else "1")
            assert result.returncode == 0, result.stderr
        assert digest(root / "one") == digest(root / "two"), "two runs differ"
        assert digest(root / "one") != digest(root / "other"), "the seed changes nothing"
        for run in ("one", "other"):
            villages, cells = check_layers(root / run)
            check_cameras(root / run, villages, cells)
            check_basemap(root / run)
        check_options(program, root)
        found = digest(root / "one")
        assert found == golden, f"seed 1 gives {found}: if that is meant, write it to golden.sha256"
    return 0


if __name__ == "__main__":
    sys.exit(main())
