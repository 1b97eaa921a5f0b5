#!/usr/bin/python3
"""Our map tiles, read by GDAL: each camera stands where the registry has it.

usage: test_tiles.py GRIDWALL GRIDWALL_DISTRICT
"""

import collections
import contextlib
import http.client
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

from osgeo import ogr

GRIDWALL, DISTRICT = sys.argv[1:3]
PATIENCE_S = 120  # only ever spent when something hangs
CAMERAS = 40
STATES = ("unknown", "connecting", "live", "online", "offline")
HALF_M = 20037508.342789244  # of the world, EPSG 3857
# Beside the district: the date line from both sides, the equator, beyond Mercator's end.
ASTRAY = {"east": (180, 0), "west": (-180, 0), "fiji": (179.9999, -17), "origin": (0, 0),
          "pole": (10, 89)}
EDGE = 85.05112877980659


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
        subprocess.run([DISTRICT, "--out", cls.home / "d", "--cameras", str(CAMERAS)], check=True,
                       capture_output=True, timeout=PATIENCE_S)
        astray = ["id,name,lon,lat,url_main"]
        astray += [f"{i},{i},{lon},{lat},rtsp://127.0.0.1:9/" for i, (lon, lat) in ASTRAY.items()]
        (cls.home / "astray.csv").write_text("\n".join(astray) + "\n")
        files = [cls.home / "d" / f for f in ("divisions.geojson", "cells.geojson", "cameras.csv")]
        data = cls.home / "data"
        subprocess.run([GRIDWALL, "import", "--data", data, *files, cls.home / "astray.csv"], check=True,
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
    def get(cls, path):
        cls.connection.request("GET", path)
        answer = cls.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def tile(self, name, z, x, y):
        """Features by layer, each with its geometry in metres."""
        status, headers, body = self.get(f"/api/v1/tiles/{name}/{z}/{x}/{y}.mvt")
        if status == 204:
            return {}
        self.assertEqual((status, headers["Content-Type"]), (200, "application/vnd.mapbox-vector-tile"))
        path = self.home / str(z) / str(x) / f"{y}.mvt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        source = ogr.Open(f"MVT:{path}")
        layers = collections.defaultdict(list)
        for layer in source:
            for feature in layer:
                layers[layer.GetName()].append(({**feature.items(), "fid": feature.GetFID()},
                                                feature.GetGeometryRef().Clone()))
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
        self.assertEqual(self.get("/api/v1/tiles/cameras/22/1/1.mvt")[::2], (204, b""))

    def test_the_address_that_is_told_leads_back(self):
        status, _, body = self.get("/api/v1/tiles/cameras.json")
        self.assertEqual(status, 200)
        address, = json.loads(body)["tiles"]
        origin = f"http://127.0.0.1:{self.connection.port}"
        self.assertEqual(address, origin + "/api/v1/tiles/cameras/{z}/{x}/{y}.mvt")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
