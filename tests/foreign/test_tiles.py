#!/usr/bin/python3
"""Our map tiles, read by GDAL: each camera stands where the registry has it, each cell has the
ground that it has there.

usage: test_tiles.py GRIDWALL
"""

import collections
import contextlib
import http.client
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from osgeo import ogr

GRIDWALL = sys.argv[1]
PATIENCE_S = 120  # only ever spent when something hangs
CAMERAS = 30
STATES = ("unknown", "connecting", "live", "online", "offline")
HALF_M = 20037508.342789244  # of the world, EPSG 3857
# Beside the district: the date line from both sides, the equator, beyond Mercator's end.
ASTRAY = {"east": (180, 0), "west": (-180, 0), "fiji": (179.9999, -17), "origin": (0, 0),
          "pole": (10, 89)}
EDGE = 85.05112877980659


def rough(random_, lon, lat, size, n=40):
    """A ring with a coast of n points."""
    ring = []
    for i in range(n):
        r = size * random_.uniform(0.7, 1)
        ring.append([lon + r * math.cos(2 * math.pi * i / n), lat + r * math.sin(2 * math.pi * i / n)])
    return ring + ring[:1]


def square(west, south, size):
    return [[west, south], [west + size, south], [west + size, south + size], [west, south + size],
            [west, south]]


def areas():
    """Cells by code: geometry, and the zoom at which they are looked at."""
    r = random.Random(11)
    cells = {f"rough{i}": ("Polygon", [rough(r, 116.5 + i / 50, 35.5, 0.008)], 14) for i in range(4)}
    cells["lake"] = "Polygon", [rough(r, 116.5, 35.6, 0.01), rough(r, 116.5, 35.6, 0.004)[::-1]], 15
    cells["parts"] = "MultiPolygon", [[rough(r, 116.6, 35.6, 0.01)], [rough(r, 116.63, 35.6, 0.01)]], 13
    cells["large"] = "Polygon", [square(116, 35, 1)], 9
    cells["building"] = "Polygon", [square(116.6001, 35.6001, 0.0003)], 20
    cells["dateline"] = "Polygon", [[[179.99, -17], [-179.99, -17], [-179.99, -16.98], [179.99, -16.98],
                                    [179.99, -17]]], 13
    return cells


def geojson(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
        for kind, coordinates, properties in features]}))
    return path


def metres(lon, lat):
    lat = max(-EDGE, min(EDGE, lat))
    return lon / 180 * HALF_M, math.asinh(math.tan(math.radians(lat))) / math.pi * HALF_M


def tile_of(lon, lat, z):
    x, y = metres(lon, lat)
    side = 2 * HALF_M / 2 ** z
    last = 2 ** z - 1
    return z, min(last, int((x + HALF_M) / side)), min(last, max(0, int((HALF_M - y) / side)))


class TilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ogr.UseExceptions()
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.home = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = cls.home / "data"
        subprocess.run([GRIDWALL, "import", "--data", data, *cls.lists()], check=True,
                       capture_output=True, timeout=PATIENCE_S)
        engine = subprocess.Popen(
            [GRIDWALL, "serve", "--data", data, "--listen", "127.0.0.1:0", "--no-auth"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stack.callback(engine.wait, PATIENCE_S)
        stack.callback(engine.stdout.close)
        stack.callback(engine.terminate)
        cls.connection = http.client.HTTPConnection(
            "127.0.0.1", int(engine.stdout.readline().rsplit(":", 1)[1]), timeout=PATIENCE_S)
        stack.callback(cls.connection.close)
        _, _, body = cls.get("/api/v1/map/cameras")
        cls.cameras = {f["properties"]["id"]: f for f in json.loads(body)["features"]}

    @classmethod
    def lists(cls):
        r = random.Random(7)
        rows = ["id,name,lon,lat,url_main"]
        rows += [f"{i},{i},{lon},{lat},rtsp://127.0.0.1:9/" for i, (lon, lat) in ASTRAY.items()]
        rows += [f"c{i},门{i},{r.uniform(116.5, 116.6)},{r.uniform(35.5, 35.6)},rtsp://127.0.0.1:9/"
                 for i in range(CAMERAS)]
        (cls.home / "cameras.csv").write_text("\n".join(rows) + "\n")
        return (
            geojson(cls.home / "divisions.geojson", [
                ("Polygon", [square(116, 35, 1)],
                 {"code": "370812", "name": "任城区", "level": 1, "parent": ""})]),
            geojson(cls.home / "cells.geojson", [
                (kind, coordinates, {"code": code, "name": f"网格{code}", "level": 3, "parent": "",
                                     "division": "370812"})
                for code, (kind, coordinates, _) in areas().items()]),
            cls.home / "cameras.csv")

    @classmethod
    def get(cls, path, headers={}):
        cls.connection.request("GET", path, headers=headers)
        answer = cls.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def tile(self, name, z, x, y):
        """Features by layer, each with its geometry in metres."""
        status, headers, body = self.get(f"/api/v1/tiles/{name}/{z}/{x}/{y}.mvt")
        if status == 204:
            return collections.defaultdict(list)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/vnd.mapbox-vector-tile"))
        path = self.home / name / str(z) / str(x) / f"{y}.mvt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        source = ogr.Open(f"MVT:{path}")
        layers = collections.defaultdict(list)
        for layer in source:
            for feature in layer:
                layers[layer.GetName()].append((feature.items(), feature.GetGeometryRef().Clone()))
        return layers

    def test_each_camera_is_found_within_a_unit(self):
        for z in (17, 22):
            unit = 2 * HALF_M / 2 ** z / 4096
            for id_, camera in self.cameras.items():
                lon, lat = camera["geometry"]["coordinates"]
                with self.subTest(z=z, id=id_):
                    layers = self.tile("cameras", *tile_of(lon, lat, z))
                    (tags, point), = [f for f in layers["cameras"] if f[0]["id"] == id_]
                    x, y = metres(lon, lat)
                    self.assertLessEqual(abs(point.GetX() - x), unit * 1.001)
                    self.assertLessEqual(abs(point.GetY() - y), unit * 1.001)
                    for key in ("name", "cell"):
                        self.assertEqual(tags[key], camera["properties"][key])
                    self.assertIn(tags["state"], STATES)  # it may change at any time

    def test_all_are_counted_at_each_zoom(self):
        for z in (0, 1, 5, 12, 16):
            tiles = {tile_of(*c["geometry"]["coordinates"], z) for c in self.cameras.values()}
            total = 0
            for t in tiles:
                layers = self.tile("cameras", *t)
                total += len(layers["cameras"]) + sum(tags["cameras"] for tags, _ in layers["clusters"])
            self.assertEqual(total, len(self.cameras))

    def test_a_clusters_box_holds_it(self):
        for tags, point in self.tile("cameras", 0, 0, 0)["clusters"]:
            west, south = metres(tags["west"], tags["south"])
            east, north = metres(tags["east"], tags["north"])
            unit = 2 * HALF_M / 4096
            self.assertTrue(west - unit <= point.GetX() <= east + unit)
            self.assertTrue(south - unit <= point.GetY() <= north + unit)

    def test_where_nothing_is_the_answer_is_empty(self):
        for name in ("cameras", "cells", "divisions"):
            self.assertEqual(self.get(f"/api/v1/tiles/{name}/22/1/1.mvt")[::2], (204, b""))

    def test_what_is_as_it_was_is_not_sent_again(self):
        paths = [f"/api/v1/tiles/cells/{z}/{x}/{y}.mvt" for z, x, y in
                 (tile_of(116.5, 35.5, 8), tile_of(116.5, 35.6, 15))]
        tags = [self.get(path)[1]["ETag"] for path in paths]
        self.assertNotEqual(*tags)
        for path, tag, other in zip(paths, tags, tags[::-1]):
            self.assertEqual(self.get(path, {"If-None-Match": tag})[::2], (304, b""))
            self.assertEqual(self.get(path, {"If-None-Match": other})[0], 200)

    def shown(self, code, z, ring):
        """What the tiles around a ring show of a cell, each within its own bounds."""
        found = []
        corners = [tile_of(lon, lat, z) for lon, lat in ring]
        side = 2 * HALF_M / 2 ** z
        for x in range(min(c[1] for c in corners), max(c[1] for c in corners) + 1):
            for y in range(min(c[2] for c in corners), max(c[2] for c in corners) + 1):
                west, north = x * side - HALF_M, HALF_M - y * side
                bounds = ogr.CreateGeometryFromWkt(
                    f"POLYGON(({west} {north},{west + side} {north},{west + side} {north - side},"
                    f"{west} {north - side},{west} {north}))")
                for tags, shape in self.tile("cells", z, x, y)["cells"]:
                    self.assertTrue(shape.IsValid())
                    if tags["code"] == code:
                        found.append((tags, shape.Intersection(bounds)))
        return found

    def check_ground(self, code, z, rings):
        wanted, edge = ogr.Geometry(ogr.wkbPolygon), 0
        for ring in rings:  # by even and odd: another way than the engine's
            line = ",".join("%r %r" % metres(*p) for p in ring)
            part = ogr.CreateGeometryFromWkt(f"POLYGON(({line}))")
            edge += part.Boundary().Length()
            wanted = wanted.SymDifference(part)
        unit = 2 * HALF_M / 2 ** z / 4096
        pieces = self.shown(code, z, [p for ring in rings for p in ring])
        self.assertAlmostEqual(sum(p.Area() for _, p in pieces), wanted.Area(), delta=edge * unit)
        for tags, piece in pieces:
            self.assertLessEqual(piece.Difference(wanted.Buffer(2 * unit)).Area(), unit ** 2)
            self.assertEqual((tags["name"], tags["level"], tags["kind"], tags["division"]),
                             (f"网格{code}", 3, "special", "370812"))

    def test_each_cell_has_its_ground(self):
        for code, (kind, coordinates, z) in areas().items():
            rings = [r for part in coordinates for r in part] if kind == "MultiPolygon" else coordinates
            sides = [rings]
            if code == "dateline":
                sides = [[[(lon if lon * sign > 0 else sign * 180, lat) for lon, lat in rings[0]]]
                         for sign in (1, -1)]
            for rings in sides:
                with self.subTest(code=code):
                    self.check_ground(code, z, rings)

    def test_divisions_are_tiles_too(self):
        tags, shape = self.tile("divisions", *tile_of(116.5, 35.5, 6))["divisions"][0]
        self.assertEqual((tags["code"], tags["name"], tags["level"]), ("370812", "任城区", 1))
        self.assertTrue(shape.IsValid())

    def test_geojson_has_the_same(self):
        for name, count in (("cells", len(areas())), ("divisions", 1)):
            path = self.home / f"{name}.json"
            path.write_bytes(self.get(f"/api/v1/map/{name}")[2])
            source = ogr.Open(str(path))
            layer = source.GetLayer()
            self.assertEqual(layer.GetFeatureCount(), count)
            self.assertEqual(layer.GetLayerDefn().GetFieldDefn(0).GetName(), "code")

    def test_the_address_that_is_told_leads_back(self):
        for name in ("cameras", "cells", "divisions"):
            status, _, body = self.get(f"/api/v1/tiles/{name}.json")
            self.assertEqual(status, 200)
            address, = json.loads(body)["tiles"]
            origin = f"http://127.0.0.1:{self.connection.port}"
            self.assertEqual(address, origin + f"/api/v1/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
